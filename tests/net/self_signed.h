#pragma once
// A certificate for tests, made on the spot.

#include "tests/harness/temporary_folder.h"

#include "common/net/listener.h"

namespace tern::test {

/// Key and certificate for "localhost", as PEM files in a folder that goes when this goes.
class SelfSigned {
public:
    SelfSigned();

    /// TLS settings that name the files.
    net::TlsSettings settings() const;
    std::string certificate() const { return (folder_ / "certificate.pem").string(); }
    std::string key() const { return (folder_ / "key.pem").string(); }

private:
    TemporaryFolder folder_;
};

} // namespace tern::test
