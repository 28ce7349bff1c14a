#include "servers/http/websocket_echo.h"

#include "common/protocol/websocket/deflate.h"
#include "common/protocol/websocket/handshake.h"
#include "common/protocol/websocket/stream.h"

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

using websocket::Opcode;

/// Of input at a time: a few bytes of it may be long messages, once they are inflated.
constexpr std::size_t slice = 4096;
/// Below that, deflate saves nothing worth its time.
constexpr std::size_t shortest_deflated = 256;

class EchoTunnel final : public Tunnel {
public:
    EchoTunnel(const WebsocketEchoSettings& settings, bool deflate)
        : stream_({websocket::StreamSettings::Role::server, deflate, settings.longest_message}),
          patience_(settings.ping_interval), deflate_(deflate) {}

    bool consume(std::string_view bytes) override {
        was_pinged_ = false;
        for (; !bytes.empty() && !stream_.has_ended();
             bytes.remove_prefix(std::min(slice, bytes.size()))) {
            stream_.receive(bytes.substr(0, slice));
            while (const auto message = stream_.next_message())
                echo(*message);
            take_control_frames(); // after them, for a close is the last
        }
        return !stream_.has_ended();
    }
    std::string_view produce() override {
        produced_ = std::exchange(output_, {});
        return produced_;
    }

    bool endure_silence() override {
        if (std::exchange(was_pinged_, true)) // nobody is there any more
            return false;
        stream_.ping();
        take_control_frames();
        return true;
    }
    Clock::duration patience() const noexcept override { return patience_; }
    void say_goodbye() override {
        stream_.close(websocket::CloseCode::going_away, "The server stops");
        take_control_frames();
    }

private:
    void echo(const websocket::ReceivedMessage& message) {
        const Opcode opcode = message.is_text ? Opcode::text : Opcode::binary;
        if (deflate_ && message.content.size() >= shortest_deflated)
            websocket::append_frame(output_, {opcode, true, true},
                                    websocket::deflate(message.content));
        else
            websocket::append_frame(output_, {opcode}, message.content);
    }
    void take_control_frames() { output_ += std::exchange(stream_.output(), {}); }

    websocket::Stream stream_;
    const Clock::duration patience_;
    const bool deflate_;
    bool was_pinged_ = false; ///< since something has come
    std::string output_;
    std::string produced_; ///< of output_, the last time
};

/// The answer to `handshake`, which was agreed on.
StreamHead head_for(const websocket::Handshake& handshake) {
    StreamHead head;
    if (!handshake.accept.empty()) { // RFC 6455 §4.2.2
        head.status = Status::switching_protocols;
        head.fields.add("Upgrade", "websocket");
        head.fields.add("Connection", "Upgrade");
        head.fields.add("Sec-WebSocket-Accept", handshake.accept);
    }
    if (handshake.deflate)
        head.fields.add("Sec-WebSocket-Extensions", websocket::extensions(handshake));
    return head;
}

Response refusal_for(const Request& request, Status status, std::string_view reason) {
    if (status == Status::upgrade_required && !request.knows_upgrade)
        status = Status::bad_request; // HTTP/2 has no Upgrade (RFC 9113 §8.2.2)
    Response response =
        text_response(status, "text/plain; charset=utf-8", std::string(reason) + "\n");
    if (status == Status::upgrade_required) { // RFC 9110 §15.5.22
        response.fields.add("Upgrade", "websocket");
        response.fields.add("Sec-WebSocket-Version", "13");
    }
    return response;
}

} // namespace

WebsocketEchoHandler::WebsocketEchoHandler(WebsocketEchoSettings settings)
    : settings_(std::move(settings)) {}

Response WebsocketEchoHandler::respond(const Request& request) {
    return refusal_for(request, Status::upgrade_required, "this is a WebSocket");
}

ChangedOver WebsocketEchoHandler::change_over(const Request& request) {
    websocket::Terms terms;
    terms.origins = settings_.origins;
    terms.deflate = settings_.deflate;
    terms.encrypted = request.client.encrypted;
    const auto negotiate = request.changeover == Changeover::connect ? websocket::negotiate_connect
                                                                     : websocket::negotiate_upgrade;
    const websocket::Handshake handshake = negotiate(request.fields, request.authority, terms);
    ChangedOver changed;
    if (handshake.is_agreed()) {
        changed.tunnel = std::make_unique<EchoTunnel>(settings_, handshake.deflate);
        changed.head = head_for(handshake);
    } else {
        changed.refusal = refusal_for(request, handshake.refusal, handshake.reason);
    }
    return changed;
}

} // namespace tern::http
