#include "tests/conformance/web/web_server.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace tern::conformance::web {
namespace {

std::string environment(const char* name, const char* otherwise) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

websocket::StreamSettings client_side(bool deflate) {
    return {websocket::StreamSettings::Role::client, deflate, std::size_t{1} << 24};
}

bool has_all_of(const json& whole, const json& part) {
    for (const auto& [key, value] : part.items())
        if (!whole.contains(key) || whole.at(key) != value)
            return false;
    return true;
}

} // namespace

const Model& model() {
    static const std::string strategy = environment("TERN_STRATEGY", "epoll");
    static const Model model = model_of(strategy);
    return model;
}

bool encrypted() { return environment("TERN_TRANSPORT", "plain") == "tls"; }

bool has_room_for(std::size_t members) {
    const std::size_t most = model().clients_at_once(workers);
    return most == 0 || members <= most;
}

Server::Server(const std::vector<std::string>& settings) {
    json tls = nullptr;
    if (encrypted()) {
        const test::Certificate files = test::make_certificate(folder_.path());
        tls = {{"certificate", files.certificate.string()}, {"key", files.key.string()}};
    }
    json listeners = json::array();
    for (const char* const protocol : {"web", "line", "irc"})
        listeners.push_back({{"name", protocol},
                             {"protocol", protocol},
                             {"address", "127.0.0.1"},
                             {"outbox", 400},
                             {"tls", tls}});
    const json all = {{"listeners", listeners}, {"control_socket", "control"}};
    test::write_file(folder_ / "chat.json", all.dump());
    test::Launch launch{"tern-chatd", {"--config", configuration()}, 0};
    std::vector<std::string> more = {"concurrency.strategy=" + std::string(model().strategy),
                                     "concurrency.workers=" + std::to_string(workers)};
    more.insert(more.end(), settings.begin(), settings.end());
    for (std::string& one : more)
        launch.arguments.insert(launch.arguments.end(), {"--set", std::move(one)});
    process_.emplace(std::move(launch));
}

std::string handshake_request(const std::string& fields) {
    return "GET /socket HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\n"
           "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: 13\r\n" +
           fields + "\r\n";
}

Client::Client(const Server& server, const ClientOptions& options)
    : socket_(server.endpoint("web"),
              test::SocketOptions{.tls = encrypted(), .receive_buffer = options.receive_buffer}),
      stream_(client_side(options.deflate)) {
    std::string fields;
    if (!options.origin.empty())
        fields += "Origin: " + options.origin + "\r\n";
    if (options.deflate)
        fields += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    socket_.send_all(handshake_request(fields));
    handshake_ = test::read_response_head(socket_);
    CHECK(handshake_.status == 101);
    CHECK(handshake_.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

Client::Client(const Server& server, const std::string& name, const ClientOptions& options)
    : Client(server, options) {
    ask({{"request", "enter"}, {"name", name}});
    CHECK(hear()["event"] == "welcome");
    CHECK(hear()["event"] == "joined");
}

void Client::send(std::string_view text) {
    std::string wire;
    websocket::append_masked_frame(wire, {}, text, {1, 2, 3, 4});
    socket_.send_all(wire);
}

void Client::receive_frame() {
    std::string frame = socket_.read_exactly(2);
    std::size_t size = static_cast<unsigned char>(frame[1]) & 0x7FU;
    const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
    for (const char byte : socket_.read_exactly(extended)) {
        size = (frame.size() == 2 ? 0 : size << 8) | static_cast<unsigned char>(byte);
        frame += byte;
    }
    stream_.receive(frame + socket_.read_exactly(size));
}

json Client::hear() {
    for (;;) {
        if (const auto message = stream_.next_message()) {
            json heard = json::parse(message->content);
            if (heard.value("event", "") == "welcome") {
                received_ = 0;
                token_ = heard.value("token", "");
            }
            received_ += heard.contains("event") ? 1 : 0;
            return heard;
        }
        receive_frame();
        if (stream_.has_ended())
            throw test::ConnectionLost("closed with " +
                                       std::to_string(static_cast<int>(stream_.code())));
    }
}

json Client::hear_until(const json& part) {
    for (;;) {
        json heard = hear();
        if (has_all_of(heard, part))
            return heard;
    }
}

websocket::CloseCode Client::hear_close() {
    while (!stream_.has_ended())
        receive_frame();
    return stream_.code();
}

LinePerson::LinePerson(const Server& server, const std::string& name)
    : socket_(server.endpoint("line"), test::SocketOptions{.tls = encrypted()}) {
    say(name);
    hear_until("In lobby now: ");
}

std::string LinePerson::hear() {
    std::string line = socket_.read_until("\n");
    line.pop_back();
    return line;
}

std::string LinePerson::hear_until(std::string_view part) {
    for (;;) {
        std::string line = hear();
        if (line.find(part) != std::string::npos)
            return line;
    }
}

} // namespace tern::conformance::web
