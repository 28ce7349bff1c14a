#include "common/protocol/http1/response_head.h"

#include <array>
#include <charconv>

namespace tern::http1 {

ResponseHead::ResponseHead(std::string& text, http::Status status) : text_(text) {
    if (status == http::Status::ok) { // nearly always
        text_ += "HTTP/1.1 200 OK\r\n";
        return;
    }
    const unsigned code = http::number(status);
    text_ += "HTTP/1.1 ";
    text_ += static_cast<char>('0' + code / 100);
    text_ += static_cast<char>('0' + code / 10 % 10);
    text_ += static_cast<char>('0' + code % 10);
    text_ += ' ';
    text_ += http::reason(status);
    text_ += "\r\n";
}

ResponseHead& ResponseHead::field(std::string_view name, std::string_view value) {
    text_ += name;
    text_ += ": ";
    text_ += value;
    text_ += "\r\n";
    return *this;
}

ResponseHead& ResponseHead::field(std::string_view name, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
    return field(name,
                 std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

ResponseHead& ResponseHead::lines(std::string_view lines) {
    text_ += lines;
    return *this;
}

void ResponseHead::end() { text_ += "\r\n"; }

} // namespace tern::http1
