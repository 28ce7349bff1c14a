#include "common/protocol/http2/request_head.h"

#include "common/protocol/http/target.h"

#include <algorithm>
#include <charconv>

namespace tern::http2 {
namespace {

using http::Status;

/// RFC 9113 §6.5.2: what a field counts beside its name and value.
constexpr std::size_t overhead = 32;
/// Beyond so many times the limit, a header section is an attack: a few bytes of HPACK can name
/// the same long field again and again.
constexpr std::size_t outrageous = 8;

} // namespace

void HeadCollector::begin() noexcept {
    text_.clear();
    lines_.clear();
    size_ = 0;
    fault_ = Status::ok;
}

bool HeadCollector::add(std::string_view name, std::string_view value) {
    size_ += name.size() + value.size() + overhead;
    if (size_ > limits_.header_bytes || lines_.size() >= limits_.header_fields + 5) // pseudo-fields
        fault_ = Status::header_fields_too_large;
    else if (name == ":path" && value.size() > limits_.target_bytes)
        fault_ = Status::uri_too_long;
    if (fault_ == Status::ok) {
        const std::size_t begin = text_.size();
        text_.append(name).append(value);
        lines_.push_back({begin, begin + name.size(), text_.size()});
    } else if (name == ":method" || name == ":authority") { // for the answer and the log
        const std::size_t begin = text_.size();
        text_.append(name).append(value.substr(0, limits_.target_bytes));
        lines_.push_back({begin, begin + name.size(), text_.size()});
    }
    return size_ <= limits_.header_bytes * outrageous;
}

RequestHead HeadCollector::finish(bool has_body) {
    RequestHead head;
    head.has_body = has_body;
    head.fault = fault_;
    fields_.clear();
    pseudo_authority_ = host_ = {};
    for (const Line& line : lines_)
        take(head, text(line.name, line.value), text(line.value, line.end));
    if (head.fault == Status::ok && fields_.size() > limits_.header_fields)
        head.fault = Status::header_fields_too_large;
    head.authority = pseudo_authority_.empty() ? host_ : pseudo_authority_;
    if (head.method == "CONNECT" && head.protocol.empty())
        head.target = head.authority;
    else if (!head.authority.empty() && !http::is_valid_authority(head.authority)) {
        head.authority = {};
        if (head.fault == Status::ok)
            head.fault = Status::bad_request;
    }
    if (!has_body && !head.content_length)
        head.content_length = 0;
    head.fields = fields_;
    return head;
}

void HeadCollector::take(RequestHead& head, std::string_view name, std::string_view value) {
    if (name.starts_with(':'))
        return take_pseudo(head, name, value);
    fields_.push_back({name, value});
    take_regular(head, name, value);
    if (name == "host")
        host_ = value;
}

void HeadCollector::take_pseudo(RequestHead& head, std::string_view name, std::string_view value) {
    if (name == ":method")
        head.method = value;
    else if (name == ":path")
        head.target = value;
    else if (name == ":authority")
        pseudo_authority_ = value;
    else if (name == ":protocol")
        head.protocol = value;
}

void HeadCollector::take_regular(RequestHead& head, std::string_view name,
                                 std::string_view value) const {
    if (name == "content-length") { // nghttp2 has seen that it is one, and the only one
        std::uint64_t length = 0;
        std::from_chars(value.data(), value.data() + value.size(), length);
        head.content_length = length;
    } else if (name == "expect") { // RFC 9110 §10.1.1
        head.expects_proceed = http::equal_ignoring_case(value, "100-continue");
        head.has_unknown_expectation = !head.expects_proceed;
    } else if (name == "priority") {
        head.has_priority = true;
    }
}

} // namespace tern::http2
