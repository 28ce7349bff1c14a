#include "tests/conformance/websocket_client.h"

#include <algorithm>

namespace tern::conformance {
namespace {

constexpr unsigned close_opcode = 0x88;

std::string lower(std::string_view text) {
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
    });
    return copy;
}

} // namespace

WebsocketClient::WebsocketClient(const Server& server, std::string_view fields,
                                 std::string_view target)
    : socket_(server.connect()) {
    std::string all(fields);
    if (fields.find("Sec-WebSocket-Version") == std::string_view::npos)
        all += "Sec-WebSocket-Version: 13\r\n";
    begin(target, all);
}

void WebsocketClient::begin(std::string_view target, std::string_view fields) {
    if (!over_http2()) {
        socket_.send_all(test::request("GET", target,
                                       std::string(fields) +
                                           "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
        handshake_ = test::read_response_head(socket_);
        return;
    }
    stream_ = http2_.connect("websocket", target, fields);
    while (http2_.begun(stream_).status == 0)
        exchange_http2();
    handshake_ = http2_.begun(stream_);
}

std::string WebsocketClient::field(std::string_view name) const {
    return handshake_.field(over_http2() ? lower(name) : std::string(name));
}

void WebsocketClient::exchange_http2() {
    socket_.send_all(http2_.output());
    http2_.input(socket_.read_some());
}

void WebsocketClient::send(std::string_view wire) {
    if (!over_http2())
        return socket_.send_all(wire);
    http2_.send(stream_, wire);
    socket_.send_all(http2_.output());
}

void WebsocketClient::send(const websocket::FrameKind& kind, std::string_view payload) {
    std::string wire;
    websocket::append_masked_frame(wire, kind, payload, {1, 2, 3, 4});
    send(wire);
}

std::string WebsocketClient::take(std::size_t bytes) {
    if (!over_http2())
        return socket_.read_exactly(bytes);
    while (http2_.begun(stream_).body.size() < taken_ + bytes) {
        if (http2_.is_complete(stream_))
            throw test::ConnectionLost("the stream has ended");
        exchange_http2();
    }
    taken_ += bytes;
    return http2_.begun(stream_).body.substr(taken_ - bytes, bytes);
}

WebsocketClient::Frame WebsocketClient::hear() {
    const std::string head = take(2);
    Frame frame;
    frame.first = static_cast<unsigned char>(head[0]);
    std::size_t size = static_cast<unsigned char>(head[1]); // a server's frames have no mask
    if (size >= 126) {
        const std::string extended = take(size == 126 ? 2 : 8);
        size = 0;
        for (const char byte : extended)
            size = size << 8 | static_cast<unsigned char>(byte);
    }
    frame.payload = take(size);
    return frame;
}

unsigned WebsocketClient::hear_close() {
    const Frame frame = hear();
    if (frame.first != close_opcode || frame.payload.size() < 2)
        return 0;
    return static_cast<unsigned char>(frame.payload[0]) * 256U +
           static_cast<unsigned char>(frame.payload[1]);
}

void WebsocketClient::wait_for_the_end() {
    if (!over_http2())
        return socket_.wait_for_the_end();
    while (!http2_.is_complete(stream_))
        exchange_http2();
    http2_.end(stream_);
    socket_.send_all(http2_.output());
}

const test::HttpResponse& WebsocketClient::response(test::Http2Client::StreamId id) {
    while (!http2_.is_complete(id))
        exchange_http2();
    return http2_.response(id);
}

} // namespace tern::conformance
