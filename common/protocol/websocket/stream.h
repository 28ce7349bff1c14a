#pragma once
// One WebSocket connection after its handshake (RFC 6455, RFC 7692), by wslay: bytes in; messages,
// and bytes for the peer, out.
//
// Messages come whole and checked: fragments are put together, compression is undone, text is
// UTF-8, and none is longer than is allowed. Pings are answered and the close handshake is held by
// the stream itself. What a peer does wrong ends the conversation with the code for it.

#include "common/protocol/websocket/frame.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::websocket {

struct StreamSettings {
    enum class Role : unsigned char { server, client };
    Role role = Role::server;
    bool deflate = false;                 ///< permessage-deflate was agreed on
    std::size_t longest_message = 65'536; ///< bytes, before and after it is inflated
};

struct ReceivedMessage {
    bool is_text = true;
    std::string content;
};

class Stream {
public:
    explicit Stream(const StreamSettings& settings);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// What has come from the peer. Whoever calls it takes the messages and sends the output before
    /// the next call: that is what bounds them.
    void receive(std::string_view bytes);
    std::optional<ReceivedMessage> next_message();

    /// Bytes for the peer, whole frames: answers to pings, a close. Messages are made by
    /// append_frame(), and go between them.
    std::string& output() noexcept;

    /// RFC 6455 §5.5.2. At most 125 bytes.
    void ping(std::string_view payload = {});
    /// Begins the close handshake, or ends it.
    void close(CloseCode code, std::string_view reason = {});

    /// No message will come any more: the peer has closed, or has done something wrong.
    bool has_ended() const noexcept;
    /// We have said our close: no message may be sent any more.
    bool has_closed() const noexcept;
    /// The code that the peer has closed with, or that its mistake has; `none` if it gave none.
    CloseCode code() const noexcept;

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace tern::websocket
