#pragma once
// HTTP/2 on one connection: requests in, answers out, many at a time. Sans-I/O, like Exchange,
// which does the same for HTTP/1.1; the pump moves the bytes (http2_pump.h).

#include "common/protocol/http2/session.h"
#include "servers/http/exchange_context.h"
#include "servers/http/http2_start.h"
#include "servers/http/http2_stream.h"
#include "servers/http/output.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

class Http2Exchange final : private Http2Wire, private http2::Application {
public:
    /// `context` and `client` outlive the exchange.
    Http2Exchange(const ExchangeContext& context, const net::Endpoints& client);
    ~Http2Exchange() override;
    Http2Exchange(const Http2Exchange&) = delete;
    Http2Exchange& operator=(const Http2Exchange&) = delete;

    /// To be called first, if there is something to bring along.
    void begin(const Http2Start& start, const Moment& moment);

    /// Whether input should be taken: not while much waits to be sent.
    bool wants_input() const noexcept;
    /// Where to read to.
    std::span<char> space();
    void received(std::size_t bytes, const Moment& moment);

    /// Puts frames into the output, if that is empty.
    void fill(const Moment& moment);
    const Output& pending() const noexcept { return output_; }
    void sent(std::uint64_t bytes);

    /// Nothing is under way: no request, no answer, no half of a header section.
    bool is_idle() const noexcept;
    /// Nothing more will come of this connection.
    bool is_over() const noexcept;
    /// The peer may still send, if only that it has room for more, and should not lose over that
    /// what it has not yet received.
    bool should_linger() const noexcept { return !broken_ && !input_ended_; }
    std::uint64_t requests() const noexcept { return requests_; }

    /// Reading or writing has failed.
    void broken() noexcept { broken_ = true; }
    /// The peer will send nothing more; what it has asked for it still gets.
    void input_ended() noexcept { input_ended_ = true; }

    /// Until when the peer must make progress. Asked before each wait.
    Clock::time_point deadline(Clock::time_point now) noexcept;
    /// It has not.
    void late(const Moment& moment);

    /// The server stops: no more requests once the peer has heard of it.
    void announce_end();
    /// At once.
    void refuse_more() { session_.refuse_more(); }
    /// Gives back the memory that an idle connection does not need.
    void rest();

private:
    // Http2Wire
    http2::Session& session() noexcept override { return session_; }
    Output& output() noexcept override { return output_; }
    bool is_full() const noexcept override;
    const Moment& moment() const noexcept override { return moment_; }
    void respond(Http2Stream& stream, Status status, const FieldLines* prepared,
                 const FieldLines& fields, std::optional<std::uint64_t> length,
                 bool has_content) override;
    void hurry(Clock::time_point deadline) noexcept override {
        streams_deadline_ = std::min(streams_deadline_, deadline);
    }
    void ended(Http2Stream& stream) override;

    // http2::Application
    http2::Stream* requested(http2::StreamId id, const http2::RequestHead& head) override;

    Http2Stream& add_stream(http2::StreamId id, const http2::RequestHead& head);
    void begin_upgraded(const Http2Start::Upgrade& upgrade);
    void add_lines(const FieldLines& lines);
    void check_streams();

    const ExchangeContext& context_;
    const net::Endpoints& client_;
    Moment moment_;
    bool broken_ = false;
    bool input_ended_ = false;
    /// After an upgrade, content waits for the client's first bytes: some have little room for what
    /// follows the 101 at once.
    bool awaits_preface_ = false;
    std::uint64_t requests_ = 0;

    std::unique_ptr<char[]> input_;
    std::size_t input_capacity_ = 0;
    Output output_;
    std::uint64_t reported_ = 0; ///< of output_'s bytes, to the observer
    bool has_written_ = true;    ///< since the last deadline
    Clock::time_point write_deadline_ = no_deadline;
    Clock::time_point head_deadline_ = no_deadline;
    Clock::time_point streams_deadline_ = no_deadline; ///< no stream's is earlier

    std::vector<Field> fields_; ///< of the answer that is being queued
    std::time_t date_time_ = -1;
    std::array<char, 29> date_ = {};

    std::vector<std::unique_ptr<Http2Stream>> streams_;
    http2::Session session_; ///< the first to go: it knows the streams
};

} // namespace tern::http
