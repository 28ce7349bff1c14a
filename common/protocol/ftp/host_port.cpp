#include "common/protocol/ftp/host_port.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tern::ftp {
namespace {

template <class Number>
bool parse_number(std::string_view text, Number& number) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

/// What comes before `delimiter`, which is taken too; all if there is none.
std::string_view take_field(std::string_view& text, char delimiter) noexcept {
    const std::size_t end = text.find(delimiter);
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return field;
}

} // namespace

std::optional<HostPort> parse_port(std::string_view argument) {
    if (std::count(argument.begin(), argument.end(), ',') != 5)
        return std::nullopt;
    std::array<std::uint8_t, 6> bytes = {};
    for (std::uint8_t& byte : bytes)
        if (!parse_number(take_field(argument, ','), byte))
            return std::nullopt;
    HostPort result;
    for (std::size_t i = 0; i < 4; ++i)
        result.host += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
    result.port = static_cast<std::uint16_t>(bytes[4] << 8 | bytes[5]);
    return result;
}

std::optional<HostPort> parse_eprt(std::string_view argument) {
    // RFC 2428 §2: the delimiter is one of ASCII 33 to 126.
    if (argument.empty() || argument.front() < '!' || argument.front() > '~')
        return std::nullopt;
    const char delimiter = argument.front();
    if (std::count(argument.begin(), argument.end(), delimiter) != 4 ||
        argument.back() != delimiter)
        return std::nullopt;
    argument.remove_prefix(1);
    HostPort result;
    if (!parse_number(take_field(argument, delimiter), result.protocol))
        return std::nullopt;
    result.host = take_field(argument, delimiter);
    if (!parse_number(take_field(argument, delimiter), result.port))
        return std::nullopt;
    return result;
}

std::string port_form(std::string_view ipv4, std::uint16_t port) {
    std::string text(ipv4);
    std::replace(text.begin(), text.end(), '.', ',');
    return text + ',' + std::to_string(port >> 8) + ',' + std::to_string(port & 0xff);
}

} // namespace tern::ftp
