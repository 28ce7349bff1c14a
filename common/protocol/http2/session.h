#pragma once
// HTTP/2 (RFC 9113) on one connection, the server's side, by nghttp2. Sans-I/O: bytes in, events
// out; answers in, frames out.
//
// Whatever the peer does, its memory is bounded: by the limits on streams and header sections, by
// windows that open only as bodies are consumed, and by a bounded queue of frames to send while
// nothing can be sent (is_stuffed()). Frames that bring nothing on, and streams that are broken
// off, have a budget; who exceeds it hears ENHANCE_YOUR_CALM.

#include "common/base/clock.h"
#include "common/protocol/http/fields.h"
#include "common/protocol/http/status.h"
#include "common/protocol/http2/limits.h"
#include "common/protocol/http2/request_head.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace tern::http2 {

using StreamId = std::int32_t;

/// RFC 9113 §7.
enum class ErrorCode : std::uint32_t {
    none = 0x0,
    protocol_error = 0x1,
    internal_error = 0x2,
    flow_control_error = 0x3,
    settings_timeout = 0x4,
    stream_closed = 0x5,
    frame_size_error = 0x6,
    refused_stream = 0x7,
    cancel = 0x8,
    compression_error = 0x9,
    connect_error = 0xa,
    enhance_your_calm = 0xb,
    inadequate_security = 0xc,
    http_1_1_required = 0xd,
};

/// A request and its answer, as the session sees them.
class Stream {
public:
    virtual ~Stream() = default;

    virtual void body(std::string_view piece) = 0;
    virtual void body_ended() = 0;

    struct Available {
        std::size_t bytes = 0;
        bool is_last = false; ///< 0 bytes that are not the last: nothing yet, see resume()
    };
    /// How much of the answer's content the next frame may have, of `most` bytes.
    virtual Available available(std::size_t most) = 0;

    enum class Sent : unsigned char {
        yes,
        not_now, ///< there is enough to send already
        failed,  ///< the content cannot be had: the stream is reset
    };
    /// Takes a frame of content to be sent: `frame_header`, and so many bytes.
    virtual Sent send(std::string_view frame_header, std::size_t bytes) = 0;

    /// All of the answer is sent, but the body has not ended. The peer may end or reset the stream;
    /// else reset() it without an error (RFC 9113 §8.1), but in a while: some clients lose the
    /// answer over that.
    virtual void answered_early() = 0;

    /// The last call: the stream may be destroyed in it.
    virtual void closed(ErrorCode reason) = 0;
};

class Application {
public:
    virtual ~Application() = default;
    /// A new stream, which lives until closed() or longer than the session.
    virtual Stream* requested(StreamId id, const RequestHead& head) = 0;
};

class Session {
public:
    /// Both outlive the session.
    Session(const Limits& limits, Application& application);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Before all else, on a connection that was HTTP/1.1 (RFC 7540 §3.2): the client's settings as
    /// they were in HTTP2-Settings, decoded. False: they are not valid. The request itself is the
    /// caller's: stream 1, with whatever requested() would have returned.
    bool upgrade(std::string_view settings, bool is_head);
    void adopt(StreamId id, Stream& stream);

    void receive(std::string_view bytes, Clock::time_point now);
    /// The next frames to be sent, valid until the next call. Frames of content are handed to their
    /// streams meanwhile, and come before. Empty: nothing more for now.
    std::string_view frames();

    /// Whether so much waits to be sent that no input should be taken.
    bool is_stuffed() const noexcept;
    bool has_frames() const noexcept;
    /// Whether nothing more will come of this connection, once all frames are sent.
    bool is_over() const noexcept;
    /// Whether the peer has done wrong, or was told so.
    bool is_terminated() const noexcept;
    /// Whether a header section is incomplete.
    bool is_in_head() const noexcept;

    /// The answer's head. Its content is asked of the stream, if it has any.
    void respond(StreamId id, Stream& stream, http::Status status,
                 std::span<const http::Field> fields, bool has_content);
    /// An interim answer: 100 (RFC 9110 §15.2.1).
    void proceed(StreamId id);
    /// There is content again.
    void resume(StreamId id);
    /// So many bytes of the body need no more memory: the peer may send as many again.
    void consumed(StreamId id, std::size_t bytes);
    void reset(StreamId id, ErrorCode reason);

    /// Graceful (RFC 9113 §6.8): tells the peer to open no more streams, and once it has heard, or
    /// by refuse_more(), which is the last that is served.
    void announce_end();
    void refuse_more();
    /// Ends the connection, and all that is under way.
    void terminate(ErrorCode reason);

private:
    class Library; ///< nghttp2
    const std::unique_ptr<Library> library_;
};

} // namespace tern::http2
