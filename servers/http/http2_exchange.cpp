#include "servers/http/http2_exchange.h"

#include "common/protocol/http/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

constexpr std::size_t usual_input = 16 * 1024;
constexpr std::size_t largest_input = 64 * 1024; ///< for bodies
/// In one write, and for one peer that does not read.
constexpr std::uint64_t usual_batch = 64 * 1024;
/// Pieces that one frame may take: its header, and the content.
constexpr std::size_t pieces_of_frame = 2;

} // namespace

Http2Exchange::Http2Exchange(const ExchangeContext& context, const net::Endpoints& client)
    : context_(context), client_(client), session_(context.settings.http2, *this) {}

Http2Exchange::~Http2Exchange() {
    if (output_.bytes_sent() > reported_)
        context_.observer.sent(output_.bytes_sent() - reported_);
}

void Http2Exchange::begin(const Http2Start& start, const Moment& moment) {
    moment_ = moment;
    if (start.upgrade)
        begin_upgraded(*start.upgrade);
    if (start.input.empty())
        return;
    awaits_preface_ = false;
    session_.receive(start.input, moment.steady);
}

void Http2Exchange::begin_upgraded(const Http2Start::Upgrade& upgrade) {
    awaits_preface_ = true;
    if (!session_.upgrade(upgrade.settings, upgrade.method == "HEAD"))
        return session_.terminate(http2::ErrorCode::protocol_error);
    http2::RequestHead head;
    head.method = upgrade.method;
    head.target = upgrade.target;
    head.authority = upgrade.host;
    head.content_length = 0;
    std::vector<Field> fields;
    for (const auto& [name, value] : upgrade.fields)
        fields.push_back({name, value});
    head.fields = fields;
    constexpr http2::StreamId upgraded = 1;
    session_.adopt(upgraded, add_stream(upgraded, head));
}

bool Http2Exchange::wants_input() const noexcept {
    return !broken_ && !input_ended_ && !session_.is_stuffed() && !session_.is_terminated();
}

std::span<char> Http2Exchange::space() {
    if (input_ == nullptr) {
        input_capacity_ = std::max(input_capacity_, usual_input);
        input_ = std::make_unique_for_overwrite<char[]>(input_capacity_);
    }
    return {input_.get(), input_capacity_};
}

void Http2Exchange::received(std::size_t bytes, const Moment& moment) {
    moment_ = moment;
    awaits_preface_ = false;
    const bool was_in_head = session_.is_in_head();
    session_.receive({input_.get(), bytes}, moment.steady);
    if (!session_.is_in_head())
        head_deadline_ = no_deadline;
    else if (!was_in_head || head_deadline_ == no_deadline)
        head_deadline_ = moment.steady + context_.settings.header_timeout;
    if (bytes == input_capacity_ && input_capacity_ < largest_input) {
        input_.reset();
        input_capacity_ = largest_input;
    }
}

http2::Stream* Http2Exchange::requested(http2::StreamId id, const http2::RequestHead& head) {
    return &add_stream(id, head);
}

Http2Stream& Http2Exchange::add_stream(http2::StreamId id, const http2::RequestHead& head) {
    ++requests_;
    Http2Wire& wire = *this;
    auto made = std::make_unique<Http2Stream>(id, wire, context_, client_);
    Http2Stream& stream = *made;
    stream.place = streams_.size();
    streams_.push_back(std::move(made));
    stream.serve(head);
    streams_deadline_ = std::min(streams_deadline_, stream.deadline());
    const std::uint64_t most = context_.settings.requests_per_connection;
    if (most > 0 && requests_ >= most)
        session_.refuse_more();
    return stream;
}

void Http2Exchange::ended(Http2Stream& stream) {
    const std::size_t place = stream.place;
    std::swap(streams_[place], streams_.back());
    streams_[place]->place = place;
    streams_.pop_back();
    if (streams_.empty())
        streams_deadline_ = no_deadline;
}

void Http2Exchange::add_lines(const FieldLines& lines) {
    std::string_view text = lines.text();
    for (Field field; FieldLines::next(text, field);)
        fields_.push_back(field);
}

void Http2Exchange::respond(Http2Stream& stream, Status status, const FieldLines* prepared,
                            const FieldLines& fields, std::optional<std::uint64_t> length,
                            bool has_content) {
    if (date_time_ != moment_.wall) {
        date_time_ = moment_.wall;
        date_ = format_date(moment_.wall);
    }
    fields_.clear();
    fields_.push_back({"server", "tern"});
    fields_.push_back({"date", view(date_)});
    if (prepared != nullptr)
        add_lines(*prepared);
    add_lines(fields);
    const fmt::format_int digits(length.value_or(0));
    if (length)
        fields_.push_back({"content-length", {digits.data(), digits.size()}});
    session_.respond(stream.id(), stream, status, fields_, has_content);
}

bool Http2Exchange::is_full() const noexcept {
    return awaits_preface_ || output_.bytes_added() - output_.bytes_sent() >= usual_batch ||
           output_.pieces() + pieces_of_frame > Output::most_pieces;
}

void Http2Exchange::fill(const Moment& moment) {
    moment_ = moment;
    if (!output_.empty() || broken_)
        return;
    while (!is_full() || awaits_preface_) {
        const std::string_view frames = session_.frames();
        if (frames.empty())
            break;
        output_.text() += frames;
        output_.extend_text();
    }
}

void Http2Exchange::sent(std::uint64_t bytes) {
    output_.sent(bytes);
    has_written_ = true;
    if (!output_.empty())
        return;
    context_.observer.sent(output_.bytes_sent() - reported_);
    reported_ = output_.bytes_sent();
}

bool Http2Exchange::is_idle() const noexcept {
    return !broken_ && streams_.empty() && output_.empty() && !session_.has_frames() &&
           !session_.is_in_head();
}

bool Http2Exchange::is_over() const noexcept {
    if (broken_)
        return true;
    return output_.empty() && (session_.is_over() || (input_ended_ && !session_.has_frames()));
}

Clock::time_point Http2Exchange::deadline(Clock::time_point now) noexcept {
    Clock::time_point first = std::min(head_deadline_, streams_deadline_);
    if (output_.empty())
        return first;
    if (std::exchange(has_written_, false))
        write_deadline_ = now + context_.settings.write_timeout;
    return std::min(first, write_deadline_);
}

void Http2Exchange::late(const Moment& moment) {
    moment_ = moment;
    if (!output_.empty() && moment.steady >= write_deadline_)
        return broken();
    if (moment.steady >= head_deadline_) {
        head_deadline_ = no_deadline;
        session_.terminate(http2::ErrorCode::enhance_your_calm);
    }
    if (moment.steady >= streams_deadline_)
        check_streams();
}

/// None of them is destroyed here: that happens when frames are made.
void Http2Exchange::check_streams() {
    streams_deadline_ = no_deadline;
    for (const std::unique_ptr<Http2Stream>& stream : streams_) {
        if (stream->deadline() <= moment_.steady)
            stream->late();
        streams_deadline_ = std::min(streams_deadline_, stream->deadline());
    }
}

void Http2Exchange::announce_end() {
    session_.announce_end();
    for (const std::unique_ptr<Http2Stream>& stream : streams_)
        stream->say_goodbye();
}

void Http2Exchange::rest() {
    input_.reset();
    input_capacity_ = 0;
    output_.release();
}

} // namespace tern::http
