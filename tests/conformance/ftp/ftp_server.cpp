#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace tern::conformance::ftp {
namespace {

namespace fs = std::filesystem;

std::string quote(const fs::path& path) { return '"' + path.string() + '"'; }

} // namespace

Server::Server(const std::vector<std::string>& settings, AuthTls auth_tls) {
    fs::create_directory(home());
    fs::create_directories(library() / "sub");
    test::write_file(library() / "hello.txt", "hello\nworld\n");
    test::write_file(library() / "sub/two words", "2");
    test::write_file(folder_ / "secret", "outside");
    fs::create_symlink("../secret", library() / "way out");
    std::string tls = "null";
    std::string later_tls = "null";
    if (encrypted() || auth_tls == AuthTls::yes) {
        const test::Certificate files = test::make_certificate(folder_.path());
        (encrypted() ? tls : later_tls) = R"({"certificate": )" + quote(files.certificate) +
                                          R"(, "key": )" + quote(files.key) + "}";
    }
    test::write_file(folder_ / "ftp.json",
                     R"({"listeners": [{"name": "main", "address": "127.0.0.1", "tls": )" + tls +
                         R"(}], "tls": )" + later_tls +
                         R"(, "users": [{"name": "bob", "password": ")" + hash_of("secret") +
                         R"(", "home": "home", "writable": true}], "anonymous": {"home": "library"},
                         "limits": {"failed_login_delay_s": 0}})");
    process_.emplace(launch_of("tern-ftpd", folder_ / "ftp.json", 2, settings));
}

std::vector<std::string> Server::names() const {
    std::vector<std::string> all;
    for (const fs::directory_entry& entry : fs::directory_iterator(home()))
        all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
}

Client::Client(const Server& server)
    : endpoint_(server.endpoint()), control_(endpoint_, SocketOptions{encrypted()}),
      protects_data_(encrypted()) {
    CHECK(hear().code == 220);
}

Reply Client::hear() {
    Reply reply;
    std::string line = control_.read_line();
    reply.code = std::stoi(line.substr(0, 3));
    reply.text = line;
    const std::string end = line.substr(0, 3) + ' ';
    while (!line.starts_with(end)) {
        line = control_.read_line();
        reply.text += '\n' + line;
    }
    return reply;
}

Reply Client::ask(const std::string& command) {
    say(command);
    return hear();
}

void Client::log_in(const std::string& name, const std::string& password) {
    REQUIRE(ask("USER " + name).code == 331);
    REQUIRE(ask("PASS " + password).code == 230);
    REQUIRE(ask("TYPE I").code == 200);
}

ClientSocket Client::connect_data(const Reply& reply, const std::string& source) const {
    test::Endpoint endpoint = endpoint_;
    const std::size_t open = reply.text.find('(');
    if (reply.code == 229) {
        endpoint.port = static_cast<std::uint16_t>(std::stoul(reply.text.substr(open + 4)));
    } else {
        const std::size_t low = reply.text.rfind(',');
        const std::size_t high = reply.text.rfind(',', low - 1);
        endpoint.port = static_cast<std::uint16_t>(std::stoul(reply.text.substr(high + 1)) * 256 +
                                                   std::stoul(reply.text.substr(low + 1)));
    }
    SocketOptions options;
    options.tls = protects_data_;
    options.source = source;
    return ClientSocket(endpoint, options);
}

void Client::begin_tls() {
    REQUIRE(ask("AUTH TLS").code == 234);
    control_.start_tls();
    REQUIRE(ask("PBSZ 0").code == 200);
    REQUIRE(ask("PROT P").code == 200);
    protects_data_ = true;
}

ClientSocket Client::open_data(const std::string& source) {
    const Reply reply = ask("EPSV");
    REQUIRE(reply.code == 229);
    return connect_data(reply, source);
}

std::string Client::download(const std::string& command) {
    ClientSocket data = open_data();
    REQUIRE(ask(command).code == 150);
    return data.read_to_end();
}

Reply Client::upload(const std::string& command, std::string_view content) {
    ClientSocket data = open_data();
    REQUIRE(ask(command).code == 150);
    data.send_all(content);
    data.end_sending();
    return hear();
}

} // namespace tern::conformance::ftp

void tern::conformance::start_server_once() { const ftp::Server server; }
