#include "clients/http/answer_head.h"

#include "common/base/escape.h"

#include <strings.h>

#include <charconv>

namespace tern::http_client {
namespace {

using terminal::Style;

/// Fields that are kept; libcurl limits the size of the head.
constexpr std::size_t most_fields = 1000;

std::string_view trimmed(std::string_view text) noexcept {
    const auto is_blank = [](char letter) {
        return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
    };
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

bool same_name(std::string_view one, std::string_view other) noexcept {
    return one.size() == other.size() && ::strncasecmp(one.data(), other.data(), one.size()) == 0;
}

std::optional<std::size_t> number_in(std::string_view text) noexcept {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

Style style_of(long status) noexcept {
    if (status >= 400)
        return Style::red;
    return status >= 300 ? Style::yellow : Style::green;
}

} // namespace

void AnswerHead::take(std::string_view line) {
    line = trimmed(line);
    if (line.starts_with("HTTP/")) {
        status_line_ = line;
        fields_.clear();
        const std::string_view code = trimmed(line.substr(std::min(line.find(' '), line.size())));
        status_ = static_cast<long>(number_in(code.substr(0, 3)).value_or(0));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == line.npos || fields_.size() >= most_fields)
        return;
    fields_.push_back(
        {std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
}

std::string_view AnswerHead::field(std::string_view name) const noexcept {
    for (const Field& field : fields_)
        if (same_name(field.name, name))
            return field.value;
    return {};
}

bool AnswerHead::is_json() const noexcept {
    const std::string_view type = field("Content-Type");
    const std::string_view name = trimmed(type.substr(0, type.find(';')));
    return same_name(name, "application/json") || name.ends_with("+json");
}

std::string AnswerHead::view(const terminal::Paint& paint) const {
    std::string text = paint(style_of(status_), printable(status_line_)) + '\n';
    for (const Field& field : fields_)
        text += paint(Style::cyan, printable(field.name)) + ": " + printable(field.value) + '\n';
    return text + '\n';
}

// RFC 9110 §14.4.
std::optional<std::size_t> first_byte_of(std::string_view content_range) noexcept {
    if (!content_range.starts_with("bytes "))
        return std::nullopt;
    content_range.remove_prefix(6);
    const std::size_t dash = content_range.find('-');
    return dash == content_range.npos ? std::nullopt : number_in(content_range.substr(0, dash));
}

std::optional<std::size_t> whole_size_of(std::string_view content_range) noexcept {
    const std::size_t slash = content_range.find('/');
    if (!content_range.starts_with("bytes ") || slash == content_range.npos)
        return std::nullopt;
    return number_in(content_range.substr(slash + 1));
}

} // namespace tern::http_client
