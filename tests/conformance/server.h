#pragma once
// The server under test: tern-httpd with the strategy and the transport that this run is about.

#include "tests/conformance/matrix/run.h"
#include "tests/harness/client_socket.h"
#include "tests/harness/http_client.h"
#include "tests/harness/process_facts.h"
#include "tests/harness/server_process.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tern::conformance {

using test::ClientSocket;
using test::HttpResponse;
using test::SocketOptions;
using test::TemporaryFolder;

/// Workers that servers have unless a test says otherwise.
inline constexpr std::size_t usual_workers = 2;

/// A setting as for --set.
std::string setting(std::string_view path, std::string_view value);

class Server {
public:
    /// Starts the server, with `settings` as for --set; `descriptors` limits how many it may open.
    explicit Server(const std::vector<std::string>& settings = {}, rlim_t descriptors = 0);

    /// A connection to the listener "main"; its TLS handshake is done with the first byte.
    ClientSocket connect(SocketOptions options = {}) const;
    /// On a connection of its own.
    HttpResponse get(std::string_view target, std::string_view fields = "") const;

    test::ServerProcess& process() noexcept { return process_; }
    const test::ServerProcess& process() const noexcept { return process_; }
    test::Possessions possessions() const { return test::possessions_of(process_.pid()); }

    /// The value of a metric; the sum of all that have the name and begin like this.
    long metric(std::string_view beginning) const;

    std::filesystem::path access_log() const { return folder_ / "access.log"; }
    std::vector<std::string> access_lines() const { return test::lines_of(access_log()); }

private:
    test::Launch launch(const std::vector<std::string>& settings, rlim_t descriptors) const;

    TemporaryFolder folder_;
    test::ServerProcess process_;
};

/// Sends a request and reads the answer, over HTTP/2 if this run is about that.
HttpResponse ask(ClientSocket& socket, std::string_view method, std::string_view target,
                 std::string_view fields = "");

/// The value of a metric in a text for Prometheus.
long metric_in(std::string_view text, std::string_view beginning);

} // namespace tern::conformance
