#include "common/protocol/http/field_lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace tern::http {

void FieldLines::add(std::string_view name, std::string_view value) {
    // RFC 9110 §5.5: CR, LF and NUL have no place in a value.
    const auto dangerous = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (!is_token(name) || std::any_of(value.begin(), value.end(), dangerous))
        throw std::invalid_argument("a header field that cannot be sent: " + std::string(name));
    text_ += name;
    text_ += ": ";
    text_ += value;
    text_ += "\r\n";
}

void FieldLines::add(std::string_view name, std::uint64_t value) {
    std::array<char, 20> digits;
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    add(name, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

bool FieldLines::next(std::string_view& text, Field& field) noexcept {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos)
        return false;
    const std::string_view line = text.substr(0, end);
    const std::size_t colon = line.find(':');
    field = {line.substr(0, colon), line.substr(colon + 2)};
    text.remove_prefix(end + 2);
    return true;
}

} // namespace tern::http
