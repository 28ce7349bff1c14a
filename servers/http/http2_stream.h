#pragma once
// One request on an HTTP/2 connection, and its answer's content until it is sent.

#include "common/protocol/http2/session.h"
#include "servers/http/output.h"
#include "servers/http/transaction.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

class Http2Stream;

/// What the streams of a connection share.
class Http2Wire {
public:
    virtual ~Http2Wire() = default;

    virtual http2::Session& session() noexcept = 0;
    virtual Output& output() noexcept = 0;
    /// Whether there is enough in the output for one write.
    virtual bool is_full() const noexcept = 0;
    virtual const Moment& moment() const noexcept = 0;
    /// Queues the head of an answer. `length`: of its content, if it is to be told.
    virtual void respond(Http2Stream& stream, Status status, const FieldLines* prepared,
                         const FieldLines& fields, std::optional<std::uint64_t> length,
                         bool has_content) = 0;
    /// The stream has a deadline that is earlier than it was.
    virtual void hurry(Clock::time_point deadline) noexcept = 0;
    /// The stream may be destroyed in it.
    virtual void ended(Http2Stream& stream) = 0;
};

class Http2Stream final : public http2::Stream {
public:
    /// All outlive the stream.
    Http2Stream(http2::StreamId id, Http2Wire& wire, const ExchangeContext& context,
                const net::Endpoints& client);
    ~Http2Stream() override;

    /// The request has come, but for its body.
    void serve(const http2::RequestHead& head);

    http2::StreamId id() const noexcept { return id_; }
    /// Until when the peer must make progress.
    Clock::time_point deadline() const noexcept { return deadline_; }
    /// It has not: the stream answers 408, or is reset.
    void late();
    /// The server stops: a tunnel ends now.
    void say_goodbye();

    /// Where its owner keeps it.
    std::size_t place = 0;

private:
    // http2::Stream
    void body(std::string_view piece) override;
    void body_ended() override;
    Available available(std::size_t most) override;
    Sent send(std::string_view frame_header, std::size_t bytes) override;
    void answered_early() override;
    void closed(http2::ErrorCode reason) override;

    void begin_tunnel();
    void receive_body(const http2::RequestHead& head, const Request& request);
    void begin_stream(const StreamHead& stream);
    void end_body();
    void answer(Response response);
    void fail(Status status);
    void send_produced(bool goes_on);
    void grant_time() noexcept;
    void skip_empty_parts() noexcept;
    void add_produced(std::string_view frame_header, std::size_t bytes);
    void add_memory(std::string_view frame_header, std::string_view bytes);
    bool add_file(std::string_view frame_header, const FileRegion& region);
    void advance(std::size_t bytes) noexcept;

    enum class State : unsigned char {
        receiving, ///< the body; the answer comes after it, or has begun
        answering, ///< what remains of the body is not wanted
        answered,  ///< the same
    };

    const http2::StreamId id_;
    Http2Wire& wire_;
    const ExchangeContext& context_;
    Transaction transaction_;
    State state_ = State::answering;
    Clock::time_point deadline_ = no_deadline;
    Status status_ = Status::ok;

    // The content of an answer that is all there.
    Response response_;
    std::vector<ContentPart> parts_; ///< what is left to be sent, from part_ on
    std::size_t part_ = 0;

    // That of one that is made while the body comes.
    bool streams_ = false;
    bool stream_ended_ = false;
    std::string produced_;
    std::size_t produced_begin_ = 0; ///< before it all is sent
    std::size_t unconsumed_ = 0;     ///< of the body, until produced_ is sent

    std::uint64_t content_sent_ = 0;
};

} // namespace tern::http
