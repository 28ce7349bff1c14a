#pragma once
// A WebSocket that says again what it hears, for conformance tests of clients and of ourselves; by
// Upgrade on HTTP/1.1 (RFC 6455) and by extended CONNECT on HTTP/2 (RFC 8441).

#include "common/base/clock.h"
#include "servers/http/handler.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tern::http {

struct WebsocketEchoSettings {
    std::vector<std::string> origins; ///< pages that may come; empty: those of this host
    std::size_t longest_message = 65'536;
    Clock::duration ping_interval = std::chrono::seconds(30);
    bool deflate = true; ///< if the client offers it
};

class WebsocketEchoHandler final : public Handler {
public:
    explicit WebsocketEchoHandler(WebsocketEchoSettings settings);

    /// To who does not ask for a WebSocket.
    Response respond(const Request& request) override;
    ChangedOver change_over(const Request& request) override;

private:
    const WebsocketEchoSettings settings_;
};

} // namespace tern::http
