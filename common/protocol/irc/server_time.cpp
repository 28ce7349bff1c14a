#include "common/protocol/irc/server_time.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace tern::irc {
namespace {

using namespace std::chrono;

constexpr std::string_view form = "0000-00-00T00:00:00.000Z";

void put(std::string& text, std::size_t end, std::uint64_t number, std::size_t digits) {
    for (; digits > 0; --digits, number /= 10)
        text[--end] = static_cast<char>('0' + number % 10);
}

unsigned number_at(std::string_view text, std::size_t at, std::size_t digits) noexcept {
    unsigned number = 0;
    std::from_chars(text.data() + at, text.data() + at + digits, number);
    return number;
}

} // namespace

std::string format_server_time(ServerTime time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::string text(form);
    put(text, 4, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    put(text, 7, static_cast<unsigned>(date.month()), 2);
    put(text, 10, static_cast<unsigned>(date.day()), 2);
    put(text, 13, static_cast<std::uint64_t>(clock.hours().count()), 2);
    put(text, 16, static_cast<std::uint64_t>(clock.minutes().count()), 2);
    put(text, 19, static_cast<std::uint64_t>(clock.seconds().count()), 2);
    put(text, 23, static_cast<std::uint64_t>(clock.subseconds().count()), 3);
    return text;
}

std::optional<ServerTime> parse_server_time(std::string_view text) noexcept {
    if (text.size() != form.size())
        return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !is_digit : text[i] != form[i])
            return std::nullopt;
    }
    const year_month_day date(year(static_cast<int>(number_at(text, 0, 4))),
                              month(number_at(text, 5, 2)), day(number_at(text, 8, 2)));
    const unsigned in_hours = number_at(text, 11, 2);
    const unsigned in_minutes = number_at(text, 14, 2);
    const unsigned in_seconds = number_at(text, 17, 2);
    if (!date.ok() || in_hours > 23 || in_minutes > 59 || in_seconds > 60)
        return std::nullopt;
    return sys_days(date) + hours(in_hours) + minutes(in_minutes) + seconds(in_seconds) +
           milliseconds(number_at(text, 20, 3));
}

} // namespace tern::irc
