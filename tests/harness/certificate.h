#pragma once
// A server's key and certificate, for tests.

#include <filesystem>

namespace tern::test {

struct Certificate {
    std::filesystem::path certificate; ///< PEM
    std::filesystem::path key;         ///< PEM
};

/// Makes a P-256 key and a certificate for "localhost", signed by itself, in `folder`.
Certificate make_certificate(const std::filesystem::path& folder);

} // namespace tern::test
