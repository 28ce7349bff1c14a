#include "common/protocol/ftp/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tern::ftp {
namespace {

bool are_digits(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view text, std::size_t at, std::size_t size) noexcept {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
}

} // namespace

std::string format_time(std::time_t time) {
    std::tm utc = {};
    ::gmtime_r(&time, &utc);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::optional<std::time_t> parse_time(std::string_view text) {
    const std::string_view whole = text.substr(0, 14);
    if (whole.size() != 14 || !are_digits(whole))
        return std::nullopt;
    if (text.size() > 14 && (text[14] != '.' || !are_digits(text.substr(15))))
        return std::nullopt;
    const int second = number(text, 12, 2);
    std::tm utc = {};
    utc.tm_year = number(text, 0, 4) - 1900;
    utc.tm_mon = number(text, 4, 2) - 1;
    utc.tm_mday = number(text, 6, 2);
    utc.tm_hour = number(text, 8, 2);
    utc.tm_min = number(text, 10, 2);
    const std::tm wanted = utc;
    const std::time_t minute = ::timegm(&utc);
    // timegm() turns February 30th into a day of March.
    const bool exists = utc.tm_mon == wanted.tm_mon && utc.tm_mday == wanted.tm_mday &&
                        utc.tm_hour == wanted.tm_hour && utc.tm_min == wanted.tm_min;
    if (!exists || second > 60) // a leap second becomes the next one
        return std::nullopt;
    return minute + second;
}

} // namespace tern::ftp
