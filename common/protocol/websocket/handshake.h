#pragma once
// The opening handshake of WebSocket over HTTP/1.1 (RFC 6455 §4.2) and HTTP/2 (RFC 8441), a
// server's side: a request in, what to answer out.

#include "common/protocol/http/fields.h"
#include "common/protocol/http/status.h"
#include "common/protocol/http1/request_parser.h"

#include <span>
#include <string>
#include <string_view>

namespace tern::websocket {

/// What a server agrees to.
struct Terms {
    std::span<const std::string> subprotocols; ///< that it speaks, the dearest first
    /// Origins of pages that may come (RFC 6454 §6.2), "*" for all; none: pages of this host only.
    std::span<const std::string> origins;
    bool deflate = false;   ///< permessage-deflate
    bool encrypted = false; ///< whether the request came over TLS
};

struct Handshake {
    http::Status refusal = http::Status::ok; ///< `ok`: none
    std::string_view reason;                 ///< of the refusal
    std::string accept;                      ///< Sec-WebSocket-Accept; empty over HTTP/2
    std::string_view subprotocol;            ///< of the terms; empty: none
    bool deflate = false;                    ///< both ways, without context takeover

    bool is_agreed() const noexcept { return refusal == http::Status::ok; }
};

/// Whether the client asks to leave HTTP/1.1 for WebSocket at all.
bool asks_for_websocket(std::span<const http::Field> fields) noexcept;
/// Whether its request is one with which that may be asked.
bool may_ask_for_websocket(const http1::RequestHead& head) noexcept;

/// The results refer to `terms` only.
Handshake negotiate(const http1::RequestHead& head, const Terms& terms);
/// The same of a request that is known to ask, and to be allowed to.
Handshake negotiate_upgrade(std::span<const http::Field> fields, std::string_view host,
                            const Terms& terms);
/// Of an extended CONNECT for the protocol "websocket" (RFC 8441 §5).
Handshake negotiate_connect(std::span<const http::Field> fields, std::string_view host,
                            const Terms& terms);

/// Whether a page of `origin` may come, at a server that calls itself `host` there (§10.2). A
/// client without an origin is no browser, and nobody's page.
bool origin_may_come(std::string_view origin, std::string_view host, const Terms& terms) noexcept;

/// What the answer's fields say of the extensions that are agreed on; empty: nothing.
std::string_view extensions(const Handshake& handshake) noexcept;

/// The whole 101 response.
void append_switching(std::string& text, const Handshake& handshake);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (§4.2.2).
std::string accept_for(std::string_view key);

} // namespace tern::websocket
