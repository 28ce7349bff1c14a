#include "tests/conformance/web/web_server.h"

#include "common/base/json_text.h"

#include <doctest/doctest.h>

namespace tern::conformance::web {
namespace {

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
    test::write_file(folder_ / "chat.json", write_json(all));
    process_.emplace(launch_of("tern-chatd", configuration(), chat_workers, settings));
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

void Client::ask(const json& request) { send(write_json(request)); }

json Client::hear() {
    for (;;) {
        if (const auto message = stream_.next_message()) {
            json heard = parse_json(message->content);
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

} // namespace tern::conformance::web

void tern::conformance::start_server_once() { const web::Server server; }
