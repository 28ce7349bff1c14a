#include "servers/chat/web_exchange.h"

#include "common/protocol/websocket/handshake.h"
#include "servers/chat/web_pages.h"

namespace tern::chat {
namespace {

constexpr std::string_view socket_path = "/socket";

} // namespace

void WebExchange::receive(std::string_view bytes) {
    if (stage != Stage::request)
        return;
    received_ += bytes;
    switch (parser_.parse(received_)) {
    case http1::RequestParser::Outcome::need_more:
        return;
    case http1::RequestParser::Outcome::bad:
        stage = Stage::over;
        return append_refusal(output, parser_.fault().status, parser_.fault().reason);
    case http1::RequestParser::Outcome::complete:
        break;
    }
    answer(parser_.head());
    if (stage == Stage::chat)
        rest = received_.substr(parser_.head().size);
    std::string().swap(received_);
}

void WebExchange::answer(const http1::RequestHead& head) {
    stage = Stage::over;
    if (head.target.substr(0, head.target.find('?')) != socket_path)
        return append_page(output, head);
    websocket::Terms terms;
    terms.origins = settings_.origins;
    terms.deflate = settings_.deflate;
    terms.encrypted = encrypted_;
    const websocket::Handshake handshake = websocket::negotiate(head, terms);
    if (!handshake.is_agreed())
        return append_refusal(output, handshake.refusal, handshake.reason);
    websocket::append_switching(output, handshake);
    deflate = handshake.deflate;
    stage = Stage::chat;
}

} // namespace tern::chat
