#include "servers/http/http2_stream.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>

namespace tern::http {
namespace {

/// Content in memory of at most this size is copied beside its frame's header, which is cheaper
/// than a piece of its own for the system to gather.
constexpr std::size_t small_piece = 2048;

/// For a client to notice that the rest of a body is not wanted.
constexpr Clock::duration time_to_hear = std::chrono::seconds(2);

/// Reads all of it; false if there is less, or an error.
bool read_region(const FileRegion& region, std::span<char> into) {
    off_t offset = region.offset;
    while (!into.empty()) {
        const ssize_t got = ::pread(region.descriptor, into.data(), into.size(), offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        into = into.subspan(static_cast<std::size_t>(got));
        offset += got;
    }
    return true;
}

} // namespace

Http2Stream::Http2Stream(http2::StreamId id, Http2Wire& wire, const ExchangeContext& context,
                         const net::Endpoints& client)
    : id_(id), wire_(wire), context_(context), transaction_(context, client) {
    transaction_.reset();
}

Http2Stream::~Http2Stream() {
    if (std::optional<AccessRecord>& record = transaction_.record()) {
        record->status = status_;
        context_.access_log->write(*record, content_sent_);
    }
}

void Http2Stream::serve(const http2::RequestHead& head) {
    const bool is_connect = !head.protocol.empty();
    const ArrivedRequest arrived{is_connect ? "GET"
                                            : head.method, // RFC 8441 §5: what it stands for
                                 head.target,
                                 head.authority,
                                 "HTTP/2.0",
                                 head.fields,
                                 head.content_length,
                                 head.has_unknown_expectation,
                                 is_connect ? Changeover::connect : Changeover::none,
                                 false};
    const std::optional<Request> request = transaction_.open(arrived, wire_.moment());
    if (head.fault != Status::ok)
        return fail(head.fault);
    if (!request)
        return fail(transaction_.fault());
    if (is_connect && head.protocol != "websocket")
        return fail(Status::not_implemented);
    if (head.has_body && !is_connect)
        return receive_body(head, *request);
    Response response = transaction_.ask(*request);
    if (transaction_.tunnel() != nullptr)
        return begin_tunnel();
    answer(std::move(response));
}

void Http2Stream::begin_tunnel() {
    state_ = State::receiving;
    deadline_ = wire_.moment().steady + transaction_.tunnel()->patience();
    begin_stream(*transaction_.stream());
}

void Http2Stream::receive_body(const http2::RequestHead& head, const Request& request) {
    state_ = State::receiving;
    deadline_ = wire_.moment().steady + context_.settings.body_timeout;
    if (!transaction_.ask_with_body(request))
        return fail(transaction_.fault());
    if (transaction_.has_sink() && head.expects_proceed)
        wire_.session().proceed(id_);
    if (transaction_.has_sink() && transaction_.stream()) {
        begin_stream(*transaction_.stream());
    } else if (!transaction_.has_sink() && head.expects_proceed) { // RFC 9110 §10.1.1
        state_ = State::answering;
        answer(transaction_.finish());
    }
}

void Http2Stream::begin_stream(const StreamHead& stream) {
    streams_ = true;
    status_ = stream.status;
    context_.observer.responded(stream.status);
    wire_.respond(*this, stream.status, nullptr, stream.fields, stream.length, true);
}

void Http2Stream::body(std::string_view piece) {
    if (state_ != State::receiving) // not consumed: the peer need not send all of it
        return;
    const Clock::time_point now = wire_.moment().steady;
    const std::chrono::milliseconds earned(piece.size() * 1'000 / slowest_body);
    if (transaction_.tunnel() != nullptr)
        deadline_ = now + transaction_.tunnel()->patience();
    else
        deadline_ =
            std::min<Clock::time_point>(deadline_ + earned, now + context_.settings.body_timeout);
    std::string_view produced;
    switch (transaction_.take(piece, produced)) {
    case Transaction::Taken::more:
        break;
    case Transaction::Taken::failed:
        return fail(transaction_.fault());
    case Transaction::Taken::enough:
        produced_ += produced;
        return end_body();
    }
    if (produced.empty())
        return wire_.session().consumed(id_, piece.size());
    produced_ += produced;
    unconsumed_ += piece.size();
    wire_.session().resume(id_);
}

void Http2Stream::body_ended() {
    if (state_ == State::receiving)
        end_body();
}

void Http2Stream::end_body() {
    state_ = State::answering;
    if (!streams_)
        return answer(transaction_.finish());
    transaction_.abandon();
    stream_ended_ = true;
    grant_time();
    wire_.session().resume(id_);
}

void Http2Stream::fail(Status status) {
    state_ = State::answering;
    transaction_.abandon();
    if (streams_) // an answer has begun: that it is cut off is all that we can say
        return wire_.session().reset(id_, http2::ErrorCode::internal_error);
    answer(error_response(status));
}

void Http2Stream::answer(Response response) {
    transaction_.complete(response);
    response_ = std::move(response);
    status_ = response_.status;
    const std::uint64_t length = response_.length();
    const bool may_have = !has_no_content(status_); // RFC 9110 §8.6
    if (response_.parts.empty())
        parts_.push_back({response_.bytes, response_.file});
    else
        parts_ = std::move(response_.parts);
    skip_empty_parts();
    grant_time();
    wire_.respond(*this, status_, response_.prepared, response_.fields,
                  may_have ? std::optional(length) : std::nullopt,
                  may_have && !transaction_.is_head() && length > 0);
}

void Http2Stream::grant_time() noexcept {
    deadline_ = wire_.moment().steady + context_.settings.write_timeout;
}

void Http2Stream::say_goodbye() {
    if (state_ != State::receiving || transaction_.tunnel() == nullptr)
        return;
    transaction_.tunnel()->say_goodbye();
    send_produced(false);
}

void Http2Stream::send_produced(bool goes_on) {
    produced_ += transaction_.tunnel()->produce();
    if (!goes_on)
        return end_body();
    wire_.session().resume(id_);
}

void Http2Stream::late() {
    if (state_ == State::receiving && transaction_.tunnel() != nullptr) {
        deadline_ = wire_.moment().steady + transaction_.tunnel()->patience();
        return send_produced(transaction_.tunnel()->endure_silence());
    }
    if (state_ == State::receiving && !streams_)
        return fail(Status::request_timeout);
    wire_.session().reset(id_, state_ == State::answered ? http2::ErrorCode::none
                                                         : http2::ErrorCode::cancel);
    deadline_ = no_deadline;
}

void Http2Stream::skip_empty_parts() noexcept {
    while (part_ < parts_.size() && parts_[part_].length() == 0)
        ++part_;
}

http2::Stream::Available Http2Stream::available(std::size_t most) {
    if (streams_) {
        const std::size_t left = produced_.size() - produced_begin_;
        return {std::min(left, most), stream_ended_ && left <= most};
    }
    if (part_ == parts_.size())
        return {0, true};
    const std::uint64_t left = parts_[part_].length();
    return {static_cast<std::size_t>(std::min<std::uint64_t>(left, most)),
            left <= most && part_ + 1 == parts_.size()};
}

http2::Stream::Sent Http2Stream::send(std::string_view frame_header, std::size_t bytes) {
    if (wire_.is_full())
        return Sent::not_now;
    if (streams_ || bytes == 0) {
        add_produced(frame_header, bytes);
    } else {
        const ContentPart& part = parts_[part_];
        if (part.file.descriptor < 0)
            add_memory(frame_header, part.bytes.substr(0, bytes));
        else if (!add_file(frame_header, {part.file.descriptor, part.file.offset, bytes}))
            return Sent::failed;
        advance(bytes);
    }
    content_sent_ += bytes;
    if (state_ == State::answering)
        grant_time();
    return Sent::yes;
}

void Http2Stream::add_produced(std::string_view frame_header, std::size_t bytes) {
    Output& output = wire_.output();
    output.text().append(frame_header).append(produced_, produced_begin_, bytes);
    output.extend_text();
    produced_begin_ += bytes;
    if (produced_begin_ < produced_.size())
        return;
    produced_.clear();
    produced_begin_ = 0;
    wire_.session().consumed(id_, std::exchange(unconsumed_, 0));
}

void Http2Stream::add_memory(std::string_view frame_header, std::string_view bytes) {
    Output& output = wire_.output();
    output.text() += frame_header;
    if (bytes.size() <= small_piece)
        output.text() += bytes;
    output.extend_text();
    if (bytes.size() > small_piece)
        output.add(bytes, response_.owner);
}

/// The frame in one piece, which TLS need not put together again.
bool Http2Stream::add_file(std::string_view frame_header, const FileRegion& region) {
    const std::size_t size = frame_header.size() + region.length;
    auto frame = std::make_shared_for_overwrite<char[]>(size);
    std::copy(frame_header.begin(), frame_header.end(), frame.get());
    if (!read_region(region, std::span(frame.get(), size).subspan(frame_header.size())))
        return false;
    const std::string_view view(frame.get(), size);
    wire_.output().add(view, std::move(frame));
    return true;
}

void Http2Stream::advance(std::size_t bytes) noexcept {
    ContentPart& part = parts_[part_];
    if (part.file.descriptor >= 0) {
        part.file.offset += static_cast<off_t>(bytes);
        part.file.length -= bytes;
    } else {
        part.bytes.remove_prefix(bytes);
    }
    skip_empty_parts();
}

void Http2Stream::answered_early() {
    state_ = State::answered;
    deadline_ = wire_.moment().steady + time_to_hear;
    wire_.hurry(deadline_);
}

void Http2Stream::closed(http2::ErrorCode /*reason*/) { wire_.ended(*this); }

} // namespace tern::http
