#pragma once
// An HTTP service with something of every kind to ask for, without a socket.

#include "tests/harness/temporary_folder.h"

#include "servers/http/http_service.h"

#include <memory>
#include <string>

namespace tern::test {

/// GET /hello, /large (from memory), /stored and /file (both from disk, the latter by send_file);
/// POST /echo; GET /bug, whose handler throws.
class HttpSite {
public:
    HttpSite();
    ~HttpSite();

    /// One conversation of the service.
    Task<void> serve(net::Connection& connection) { return service_->serve(connection, *runner_); }

    static std::string large() { return std::string(100'000, 'L'); }
    static std::string stored();
    static std::string file();

    static constexpr std::chrono::seconds idle_timeout{75};
    static constexpr std::chrono::seconds header_timeout{10};

private:
    TemporaryFolder folder_;
    Metrics metrics_;
    Log log_;
    std::unique_ptr<Runner> runner_;
    std::unique_ptr<http::HttpService> service_;
};

} // namespace tern::test
