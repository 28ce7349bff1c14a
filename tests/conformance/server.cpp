#include "tests/conformance/server.h"

#include "tests/conformance/site.h"
#include "tests/harness/http2_client.h"

#include <map>
#include <memory>
#include <sstream>
#include <utility>

namespace tern::conformance {
namespace {

constexpr std::string_view configuration = R"({
    "listeners": [{"name": "main", "address": "127.0.0.1", "port": 0}],
    "sites": [{"root": "site"}],
    "routes": [{"path": "/healthz", "handler": "health"},
               {"path": "/metrics", "handler": "metrics"}]
})";

/// What is known of each connection, by its descriptor: a ClientSocket knows no HTTP.
std::map<int, std::unique_ptr<test::Http2Client>>& http2_clients() {
    static std::map<int, std::unique_ptr<test::Http2Client>> clients;
    return clients;
}

HttpResponse ask_by_http2(ClientSocket& socket, std::string_view method, std::string_view target,
                          std::string_view fields) {
    test::Http2Client& client = *http2_clients().at(socket.descriptor());
    const test::Http2Client::StreamId id = client.request(method, target, fields);
    while (!client.is_complete(id)) {
        if (client.reset_error(id) >= 0)
            throw test::ConnectionLost("the stream was reset");
        socket.send_all(client.output());
        client.input(socket.read_some());
    }
    socket.send_all(client.output());
    return client.response(id);
}

std::string tls_setting(std::size_t listener) {
    const test::Certificate& files = site().certificate();
    return setting("listeners." + std::to_string(listener) + ".tls",
                   R"({"certificate": ")" + files.certificate.string() + R"(", "key": ")" +
                       files.key.string() + R"("})");
}

} // namespace

void start_server_once() { const Server server; }

std::string setting(std::string_view path, std::string_view value) {
    return std::string(path) + '=' + std::string(value);
}

Server::Server(const std::vector<std::string>& settings, rlim_t descriptors)
    : process_(launch(settings, descriptors)) {}

test::Launch Server::launch(const std::vector<std::string>& settings, rlim_t descriptors) const {
    test::write_file(folder_ / "http.json", configuration);
    std::vector<std::string> all = {
        setting("sites.0.root", site().root().string()),
        setting("log.access.format", "combined"),
        setting("log.access.file", access_log().string()),
    };
    all.insert(all.end(), settings.begin(), settings.end());
    std::size_t listeners = 1;
    for (const std::string& one : settings)
        if (one.starts_with("listeners="))
            listeners = static_cast<std::size_t>(std::count(one.begin(), one.end(), '{'));
    for (std::size_t i = 0; encrypted() && i < listeners; ++i)
        all.push_back(tls_setting(i));

    test::Launch launch = launch_of("tern-httpd", folder_ / "http.json", usual_workers, all);
    launch.descriptors = descriptors;
    return launch;
}

ClientSocket Server::connect(SocketOptions options) const {
    options.tls = encrypted();
    if (encrypted() && over_http2())
        options.alpn = "h2";
    ClientSocket socket(process_.endpoint("main"), std::move(options));
    if (over_http2())
        http2_clients()[socket.descriptor()] = std::make_unique<test::Http2Client>();
    return socket;
}

HttpResponse Server::get(std::string_view target, std::string_view fields) const {
    ClientSocket client = connect();
    return ask(client, "GET", target, std::string(fields) + "Connection: close\r\n");
}

long Server::metric(std::string_view beginning) const {
    return metric_in(get("/metrics").body, beginning);
}

HttpResponse ask(ClientSocket& socket, std::string_view method, std::string_view target,
                 std::string_view fields) {
    if (over_http2())
        return ask_by_http2(socket, method, target, fields);
    socket.send_all(test::request(method, target, fields));
    return test::read_response(socket,
                               method == "HEAD" ? test::BodyRule::none : test::BodyRule::as_said);
}

long metric_in(std::string_view text, std::string_view beginning) {
    std::istringstream stream{std::string(text)};
    long sum = 0;
    bool found = false;
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with(beginning))
            continue;
        found = true;
        sum += std::stol(line.substr(line.rfind(' ') + 1));
    }
    if (!found)
        throw std::runtime_error("no metric " + std::string(beginning));
    return sum;
}

} // namespace tern::conformance
