#pragma once
// HTTP/1.1 on one connection while it is busy: requests in, responses out, pipelined ones in one
// go. Sans-I/O: the conversation moves the bytes and does the waiting (http_service.cpp).
//
// An exchange and its buffers exist only between the first byte of a request and the last byte of
// the last answer that is owed; an idle connection has none.

#include "common/protocol/http1/body_reader.h"
#include "common/protocol/http1/request_parser.h"
#include "common/protocol/http1/response_head.h"
#include "servers/http/exchange_context.h"
#include "servers/http/http2_start.h"
#include "servers/http/output.h"
#include "servers/http/transaction.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

class Exchange {
public:
    /// `context` and `client` outlive the exchange; `served` is how many requests the connection
    /// has had so far, and is counted on.
    Exchange(const ExchangeContext& context, const net::Endpoints& client, std::uint64_t& served);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// What the connection should do next.
    enum class Next : unsigned char {
        read,  ///< into space(), then received() or broken()
        serve, ///< call serve(): there are bytes that it has not seen
        write, ///< from output(), then sent() or broken()
        idle,  ///< nothing is under way: the exchange may go
        close, ///< nothing more will come of this connection
        http2, ///< take_http2_start(): the client goes on in HTTP/2
    };
    Next next() const noexcept;

    /// Where to read to; never empty when next() says read.
    std::span<char> space();
    void received(std::size_t bytes) noexcept;

    /// Takes the requests that are complete, and queues their answers. `finishing`: the server
    /// stops, so the next answer is the connection's last.
    void serve(const Moment& moment, bool finishing);

    const Output& output() const noexcept { return output_; }
    void sent(std::uint64_t bytes);

    /// Reading or writing has failed, or the peer has ended its side: nothing more can be done.
    void broken() noexcept { state_ = State::broken; }

    /// Whether a request or an answer is incomplete.
    bool is_under_way() const noexcept;
    /// Until when the peer must make progress. Asked before each wait.
    Clock::time_point deadline(Clock::time_point now) noexcept;
    /// It has not: queues a 408, or gives up.
    void late(const Moment& moment);

    /// The server stops: a tunnel ends now.
    void say_goodbye();

    /// Null: it does not.
    std::unique_ptr<Http2Start> take_http2_start() noexcept;

    /// When closing: the peer may still send, and should not lose our last words over it.
    bool should_linger() const noexcept { return linger_; }

private:
    enum class State : unsigned char { head, body, tunnel, closing, broken, http2 };

    /// An answer of which not all is sent, for the access log.
    struct Unlogged {
        AccessRecord record;
        std::uint64_t content_begin; ///< in Output's count of bytes
        std::uint64_t end;
    };

    bool take_head();
    bool is_http2_preface();
    bool change_over(const http1::RequestHead& head);
    bool take_body();
    bool take_tunnelled();
    bool take_piece(std::string_view piece);
    bool end_body();
    void begin(const http1::RequestHead& head);
    void answer_after_body(const http1::RequestHead& head, const Request& request);
    void fail(Status status);
    void queue(Response response);
    void add_content(const ContentPart& part, std::shared_ptr<const void> owner);
    void write_head(const Response& response);
    void write_fields(http1::ResponseHead& head) const;
    void begin_tunnel(const StreamHead& stream);
    void endure_silence();
    void end_tunnel();
    void begin_stream(const StreamHead& stream);
    void end_stream_head(const StreamHead& stream, http1::ResponseHead& head);
    void continue_stream(std::string_view content);
    void end_stream();
    void end_record(Status status, std::uint64_t content_begin);
    void write_records(bool all);

    std::string_view input() const noexcept { return {buffer_ + begin_, end_ - begin_}; }
    void grow(std::size_t capacity);

    const ExchangeContext& context_;
    const net::Endpoints& client_;
    std::uint64_t& served_;
    Moment moment_;
    bool finishing_ = false;
    State state_ = State::head;
    bool linger_ = false;

    // Input: at first in small_, then, if a head needs more, in memory of its own.
    bool unserved_ = false;   ///< received, and not yet seen by serve()
    bool may_be_more_ = true; ///< to be read, as far as we know
    char* buffer_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::unique_ptr<char[]> grown_;
    Clock::time_point read_deadline_ = no_deadline; ///< while a request is incomplete

    // The request that is being taken.
    http1::RequestParser parser_;
    http1::BodyReader body_;
    Transaction transaction_;
    bool is_old_ = false; ///< HTTP/1.0
    bool keep_ = true;    ///< the connection, after this one
    enum class Stream : unsigned char { none, plain, chunked };
    Stream stream_ = Stream::none;   ///< the answer that is sent while the body comes
    std::uint64_t stream_begin_ = 0; ///< its content, in Output's count of bytes
    Status stream_status_ = Status::ok;

    std::unique_ptr<Http2Start> http2_start_;

    Output output_;
    bool has_written_ = true; ///< since the last deadline
    Clock::time_point write_deadline_ = no_deadline;
    std::vector<Unlogged> unlogged_;

    std::array<char, 4096> small_; // not initialised
};

} // namespace tern::http
