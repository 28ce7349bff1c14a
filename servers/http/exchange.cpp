#include "servers/http/exchange.h"

#include "common/protocol/http/date.h"
#include "common/protocol/http2/preface.h"
#include "common/protocol/websocket/handshake.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

/// Input for a body that comes in large pieces.
constexpr std::size_t body_buffer = 64 * 1024;
/// Of a request line that could not be parsed, for the access log.
constexpr std::size_t longest_logged_line = 256;

} // namespace

Exchange::Exchange(const ExchangeContext& context, const net::Endpoints& client,
                   std::uint64_t& served)
    : context_(context), client_(client), served_(served), capacity_(sizeof small_),
      parser_(context.settings.limits), transaction_(context, client) {
    buffer_ = small_.data();
}

Exchange::~Exchange() {
    if (stream_ != Stream::none)
        end_record(stream_status_, stream_begin_); // cut off
    if (!unlogged_.empty())
        write_records(true);
    if (output_.bytes_sent() > 0)
        context_.observer.sent(output_.bytes_sent());
}

Exchange::Next Exchange::next() const noexcept {
    if (state_ == State::broken)
        return Next::close;
    if (!output_.empty())
        return Next::write;
    if (state_ == State::closing)
        return Next::close;
    if (state_ == State::http2)
        return Next::http2;
    if (unserved_)
        return Next::serve;
    return may_be_more_ || is_under_way() ? Next::read : Next::idle;
}

bool Exchange::is_under_way() const noexcept {
    if (state_ == State::broken)
        return false;
    return !output_.empty() || state_ == State::body || state_ == State::tunnel ||
           (state_ == State::head && begin_ != end_);
}

void Exchange::grow(std::size_t capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy(buffer_ + begin_, buffer_ + end_, larger.get());
    grown_ = std::move(larger);
    buffer_ = grown_.get();
    capacity_ = capacity;
    end_ -= begin_;
    begin_ = 0;
}

std::span<char> Exchange::space() {
    if (begin_ == end_)
        begin_ = end_ = 0;
    if (state_ == State::body && may_be_more_ && capacity_ < body_buffer)
        grow(body_buffer);
    if (end_ == capacity_ && begin_ > 0) {
        std::copy(buffer_ + begin_, buffer_ + end_, buffer_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == capacity_) // the parser wants more than this, so the limit is further off
        grow(capacity_ * 2);
    return {buffer_ + end_, capacity_ - end_};
}

void Exchange::received(std::size_t bytes) noexcept {
    end_ += bytes;
    may_be_more_ = end_ == capacity_; // a short read means that there is no more for now
    unserved_ = true;
}

void Exchange::serve(const Moment& moment, bool finishing) {
    moment_ = moment;
    finishing_ = finishing;
    bool more = true;
    while (more && !output_.full()) {
        if (state_ == State::head)
            more = take_head();
        else if (state_ == State::body)
            more = take_body();
        else if (state_ == State::tunnel)
            more = take_tunnelled();
        else
            more = false;
    }
    unserved_ = more;
}

/// False: there is nothing more to take for now.
bool Exchange::take_head() {
    if (begin_ == end_)
        return false;
    if (served_ == 0 && is_http2_preface())
        return false;
    is_old_ = false;
    transaction_.reset();
    switch (parser_.parse(input())) {
    case http1::RequestParser::Outcome::need_more:
        if (read_deadline_ == no_deadline)
            read_deadline_ = moment_.steady + context_.settings.header_timeout;
        return false;
    case http1::RequestParser::Outcome::bad:
        ++served_;
        fail(parser_.fault().status);
        return false;
    case http1::RequestParser::Outcome::complete:
        break;
    }
    ++served_;
    read_deadline_ = no_deadline;
    const std::size_t size = parser_.head().size;
    begin(parser_.head());
    begin_ += size;
    parser_.reset();
    return true;
}

/// Whether this is HTTP/2 (RFC 9113 §3.3), or may become it.
bool Exchange::is_http2_preface() {
    const std::size_t size = std::min(input().size(), http2::preface.size());
    if (input().substr(0, size) != http2::preface.substr(0, size) ||
        !offers_http2(context_.settings, client_))
        return false;
    if (read_deadline_ == no_deadline)
        read_deadline_ = moment_.steady + context_.settings.header_timeout;
    if (size == http2::preface.size()) {
        state_ = State::http2;
        http2_start_ = std::make_unique<Http2Start>();
    }
    return true;
}

/// False: the request is answered in HTTP/1.1.
bool Exchange::change_over(const http1::RequestHead& head) {
    if (finishing_ || !offers_http2(context_.settings, client_))
        return false;
    std::optional<Http2Start::Upgrade> upgrade = http2_upgrade_from(head);
    if (!upgrade)
        return false;
    http2_start_ = std::make_unique<Http2Start>();
    http2_start_->upgrade = std::move(upgrade);
    state_ = State::http2;
    output_.text() += http2_upgrade_response;
    output_.end_text();
    return true;
}

std::unique_ptr<Http2Start> Exchange::take_http2_start() noexcept {
    if (http2_start_ != nullptr)
        http2_start_->input = input();
    return std::move(http2_start_);
}

void Exchange::begin(const http1::RequestHead& head) {
    if (!head.upgrade.empty() && change_over(head))
        return;
    const std::uint64_t most = context_.settings.requests_per_connection;
    keep_ = head.persistent && !finishing_ && (most == 0 || served_ < most);
    is_old_ = head.minor_version == 0;

    ArrivedRequest arrived{head.method, head.target,
                           head.host,   is_old_ ? "HTTP/1.0" : "HTTP/1.1",
                           head.fields, head.content_length};
    if (head.framing == http1::Framing::chunked)
        arrived.content_length.reset();
    arrived.has_unknown_expectation = head.expectation == http1::Expectation::unknown;
    if (!head.upgrade.empty() && websocket::asks_for_websocket(head.fields) &&
        websocket::may_ask_for_websocket(head))
        arrived.changeover = Changeover::upgrade;
    const std::optional<Request> request = transaction_.open(arrived, moment_);
    if (!request)
        return fail(transaction_.fault());
    body_ = http1::BodyReader(head);
    if (!body_.is_complete())
        return answer_after_body(head, *request);
    Response response = transaction_.ask(*request);
    if (transaction_.tunnel() != nullptr)
        return begin_tunnel(*transaction_.stream());
    queue(std::move(response));
}

/// The answer is made now, while the request is there, but is queued when its body is over.
void Exchange::answer_after_body(const http1::RequestHead& head, const Request& request) {
    state_ = State::body;
    read_deadline_ = moment_.steady + context_.settings.body_timeout;
    if (!transaction_.ask_with_body(request))
        return fail(transaction_.fault());
    const bool waits = head.expectation == http1::Expectation::proceed &&
                       head.size == end_ - begin_; // RFC 9110 §10.1.1: nothing was sent ahead
    if (waits && transaction_.has_sink()) {
        output_.text() += http1::proceed_response;
        output_.end_text();
    }
    if (transaction_.has_sink() && transaction_.stream()) {
        begin_stream(*transaction_.stream());
    } else if (waits && !transaction_.has_sink()) {
        // No need to bother; but we cannot know whether the body comes after all.
        keep_ = false;
        linger_ = true;
        queue(transaction_.finish());
    }
}

/// False: there is nothing more to take for now.
bool Exchange::take_body() {
    const http1::BodyReader::Step step = body_.next(input());
    begin_ += step.used;
    switch (step.kind) {
    case http1::BodyReader::Step::Kind::need_more:
        return false;
    case http1::BodyReader::Step::Kind::bad:
        fail(Status::bad_request);
        return false;
    case http1::BodyReader::Step::Kind::piece:
        return take_piece(step.piece);
    case http1::BodyReader::Step::Kind::complete:
        break;
    }
    state_ = State::head;
    read_deadline_ = no_deadline;
    return end_body();
}

bool Exchange::take_piece(std::string_view piece) {
    const std::chrono::milliseconds earned(piece.size() * 1'000 / slowest_body);
    read_deadline_ = std::min<Clock::time_point>(read_deadline_ + earned,
                                                 moment_.steady + context_.settings.body_timeout);
    std::string_view produced;
    switch (transaction_.take(piece, produced)) {
    case Transaction::Taken::more:
        continue_stream(produced);
        return true;
    case Transaction::Taken::failed:
        fail(transaction_.fault());
        return false;
    case Transaction::Taken::enough:
        break;
    }
    keep_ = false; // the sink has had enough, but the body is not over
    linger_ = true;
    return end_body();
}

/// What is HTTP no more. False: there is nothing more to take for now.
bool Exchange::take_tunnelled() {
    if (begin_ == end_)
        return false;
    std::string_view produced;
    const Transaction::Taken taken = transaction_.take(input(), produced);
    begin_ = end_;
    if (taken == Transaction::Taken::failed) {
        broken();
        return false;
    }
    read_deadline_ = moment_.steady + transaction_.tunnel()->patience();
    continue_stream(produced);
    if (taken == Transaction::Taken::enough)
        end_tunnel();
    return false;
}

/// Queues the answer that had to wait for the body.
bool Exchange::end_body() {
    if (stream_ != Stream::none) {
        end_stream();
        return state_ != State::broken;
    }
    queue(transaction_.finish());
    return true;
}

/// Answers with an error after which the rest of the input cannot be trusted or is not wanted.
void Exchange::fail(Status status) {
    if (stream_ != Stream::none) // an answer has begun: that it is cut off is all that we can say
        return broken();
    transaction_.begin_record(input().substr(0, std::min(input().find('\r'), longest_logged_line)),
                              moment_);
    if (state_ == State::head) // also if it is not valid, or not whole
        transaction_.set_head(parser_.begins_as("HEAD ", input()));
    keep_ = false;
    linger_ = true;
    transaction_.abandon();
    queue(error_response(status));
}

void Exchange::write_fields(http1::ResponseHead& head) const {
    head.lines("Server: tern\r\n");
    head.field("Date", view(format_date(moment_.wall)));
    if (!keep_)
        head.lines("Connection: close\r\n");
    else if (is_old_)
        head.lines("Connection: keep-alive\r\n");
}

void Exchange::write_head(const Response& response) {
    http1::ResponseHead head(output_.text(), response.status);
    write_fields(head);
    if (response.prepared != nullptr)
        head.lines(response.prepared->text());
    head.lines(response.fields.text());
    if (!has_no_content(response.status)) // RFC 9110 §8.6
        head.field("Content-Length", response.length());
    head.end();
}

/// The answer is the last that is HTTP.
void Exchange::begin_tunnel(const StreamHead& stream) {
    state_ = State::tunnel;
    stream_ = Stream::plain;
    keep_ = true;
    read_deadline_ = moment_.steady + transaction_.tunnel()->patience();
    http1::ResponseHead head(output_.text(), stream.status);
    write_fields(head);
    end_stream_head(stream, head);
}

void Exchange::end_tunnel() {
    transaction_.abandon();
    end_record(stream_status_, stream_begin_);
    stream_ = Stream::none;
    read_deadline_ = no_deadline;
    state_ = State::closing;
    linger_ = true;
}

void Exchange::say_goodbye() {
    if (state_ != State::tunnel)
        return;
    transaction_.tunnel()->say_goodbye();
    continue_stream(transaction_.tunnel()->produce());
    end_tunnel();
}

void Exchange::begin_stream(const StreamHead& stream) {
    stream_ = stream.length || is_old_ ? Stream::plain : Stream::chunked;
    if (!stream.length && is_old_) // RFC 9112 §6.1: it knows no chunks, so the end is the end
        keep_ = false;
    http1::ResponseHead head(output_.text(), stream.status);
    write_fields(head);
    if (stream.length)
        head.field("Content-Length", *stream.length);
    else if (stream_ == Stream::chunked)
        head.lines("Transfer-Encoding: chunked\r\n");
    end_stream_head(stream, head);
}

void Exchange::end_stream_head(const StreamHead& stream, http1::ResponseHead& head) {
    stream_status_ = stream.status;
    head.lines(stream.fields.text()).end();
    output_.extend_text();
    stream_begin_ = output_.bytes_added();
    context_.observer.responded(stream.status);
}

/// The content is copied, but never more of it than there is input: what was read is answered and
/// sent before more is read.
void Exchange::continue_stream(std::string_view content) {
    if (content.empty())
        return;
    std::string& text = output_.text();
    if (stream_ == Stream::chunked)
        text += fmt::format("{:x}\r\n", content.size());
    text += content;
    if (stream_ == Stream::chunked)
        text += "\r\n";
    output_.extend_text();
}

void Exchange::end_stream() {
    transaction_.abandon();
    if (state_ == State::body) // the sink has had enough before the body's end
        return broken();
    if (stream_ == Stream::chunked) {
        output_.text() += "0\r\n\r\n";
        output_.extend_text();
    }
    end_record(stream_status_, stream_begin_);
    stream_ = Stream::none;
    if (!keep_)
        state_ = State::closing;
}

void Exchange::add_content(const ContentPart& part, std::shared_ptr<const void> owner) {
    if (part.file.descriptor >= 0)
        output_.add(part.file, std::move(owner));
    else
        output_.add(part.bytes, std::move(owner));
}

void Exchange::queue(Response response) {
    transaction_.complete(response);
    write_head(response);
    output_.end_text();
    const std::uint64_t content_begin = output_.bytes_added();
    if (!transaction_.is_head() && !has_no_content(response.status)) {
        for (const ContentPart& part : response.parts)
            add_content(part, response.owner);
        if (response.parts.empty())
            add_content({response.bytes, response.file}, std::move(response.owner));
    }
    end_record(response.status, content_begin);
    if (!keep_)
        state_ = State::closing;
}

/// What was queued since is all of the answer.
void Exchange::end_record(Status status, std::uint64_t content_begin) {
    std::optional<AccessRecord>& record = transaction_.record();
    if (!record)
        return;
    record->status = status;
    unlogged_.push_back({std::move(*record), content_begin, output_.bytes_added()});
    record.reset();
}

void Exchange::sent(std::uint64_t bytes) {
    output_.sent(bytes);
    has_written_ = true;
    if (!unlogged_.empty())
        write_records(false);
    if (state_ == State::closing && output_.empty() && begin_ != end_)
        linger_ = true; // there is input that nobody will read
}

Clock::time_point Exchange::deadline(Clock::time_point now) noexcept {
    if (output_.empty())
        return read_deadline_;
    if (std::exchange(has_written_, false))
        write_deadline_ = now + context_.settings.write_timeout;
    return write_deadline_;
}

void Exchange::late(const Moment& moment) {
    moment_ = moment;
    if (output_.empty() && state_ == State::tunnel)
        endure_silence();
    else if (output_.empty() && (state_ == State::head || state_ == State::body))
        fail(Status::request_timeout);
    else
        broken();
}

void Exchange::endure_silence() {
    read_deadline_ = moment_.steady + transaction_.tunnel()->patience();
    const bool goes_on = transaction_.tunnel()->endure_silence();
    continue_stream(transaction_.tunnel()->produce());
    if (!goes_on)
        end_tunnel();
}

/// Logs what has been sent; `all`: and what has not, for it never will be.
void Exchange::write_records(bool all) {
    const std::uint64_t sent = output_.bytes_sent();
    auto done = unlogged_.begin();
    for (; done != unlogged_.end() && (all || sent >= done->end); ++done) {
        const std::uint64_t end = std::min(sent, done->end);
        context_.access_log->write(done->record,
                                   end > done->content_begin ? end - done->content_begin : 0);
    }
    unlogged_.erase(unlogged_.begin(), done);
}

} // namespace tern::http
