#pragma once
// A browser's connection until it is a WebSocket, sans-I/O: bytes in; a page, or the handshake's
// answer, out.

#include "common/protocol/http1/request_parser.h"
#include "servers/chat/web_settings.h"

#include <string>
#include <string_view>

namespace tern::chat {

class WebExchange {
public:
    enum class Stage : unsigned char {
        request, ///< more is to come
        over,    ///< send the output and end
        chat,    ///< send the output; what follows are frames
    };

    /// `settings` outlive it.
    WebExchange(const WebSettings& settings, bool encrypted) noexcept
        : settings_(settings), encrypted_(encrypted) {}

    void receive(std::string_view bytes);

    Stage stage = Stage::request;
    std::string output;
    std::string rest;     ///< what came behind the handshake
    bool deflate = false; ///< was agreed on

private:
    void answer(const http1::RequestHead& head);

    const WebSettings& settings_;
    const bool encrypted_;
    const http1::Limits limits_{};
    http1::RequestParser parser_{limits_};
    std::string received_;
};

} // namespace tern::chat
