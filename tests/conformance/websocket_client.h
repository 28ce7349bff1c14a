#pragma once
// The client's side of a WebSocket on tern-httpd, by whichever HTTP this run is about; it says
// exactly what a test wants, and shows each frame that comes.

#include "common/protocol/websocket/frame.h"
#include "tests/conformance/server.h"
#include "tests/harness/http2_client.h"

#include <string>
#include <string_view>

namespace tern::conformance {

class WebsocketClient {
public:
    /// `fields` are whole lines, beside those that the handshake needs.
    explicit WebsocketClient(const Server& server, std::string_view fields = "",
                             std::string_view target = "/echo");

    int status() const noexcept { return handshake_.status; }
    bool is_open() const noexcept { return status() == (over_http2() ? 200 : 101); }
    std::string field(std::string_view name) const;

    void send(std::string_view wire);
    void send(const websocket::FrameKind& kind, std::string_view payload);

    struct Frame {
        unsigned first = 0; ///< its first byte: FIN, RSV, and the opcode
        std::string payload;
    };
    Frame hear();
    /// The code of the close frame that comes next.
    unsigned hear_close();
    /// Waits until the server has ended the connection, or the stream.
    void wait_for_the_end();

    test::Http2Client& http2() noexcept { return http2_; }
    /// Sends and receives until a request beside the WebSocket is answered.
    const test::HttpResponse& response(test::Http2Client::StreamId id);

private:
    void begin(std::string_view target, std::string_view fields);
    void exchange_http2();
    std::string take(std::size_t bytes);

    ClientSocket socket_;
    test::Http2Client http2_;
    test::Http2Client::StreamId stream_ = 0;
    std::size_t taken_ = 0; ///< of the stream's bytes
    test::HttpResponse handshake_;
};

} // namespace tern::conformance
