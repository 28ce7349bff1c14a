#include "common/protocol/http/date.h"

#include "common/protocol/http/fields.h"

#include <algorithm>
#include <chrono>

namespace tern::http {
namespace {

constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::array<std::string_view, 7> long_weekdays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

void put_two_digits(char* at, unsigned value) noexcept {
    at[0] = static_cast<char>('0' + value / 10);
    at[1] = static_cast<char>('0' + value % 10);
}

void put(char* at, std::string_view text) noexcept { text.copy(at, text.size()); }

/// What is still to be read of a date; a mismatch leaves `good` false.
struct Reader {
    std::string_view rest;
    bool good = true;

    void literal(std::string_view text) noexcept {
        if (!rest.starts_with(text))
            good = false;
        else
            rest.remove_prefix(text.size());
    }
    /// Exactly `count` digits; `padded`: the first may be a blank.
    unsigned digits(unsigned count, bool padded = false) noexcept {
        unsigned value = 0;
        for (unsigned i = 0; i < count; ++i) {
            const char c = i < rest.size() ? rest[i] : '\0';
            if (is_digit(c))
                value = value * 10 + static_cast<unsigned>(c - '0');
            else if (!(padded && i == 0 && c == ' '))
                good = false;
        }
        rest.remove_prefix(std::min<std::size_t>(count, rest.size()));
        return value;
    }
    /// A name of three letters; its index in `names`.
    unsigned name(std::string_view names) noexcept {
        for (unsigned i = 0; i * 3 < names.size(); ++i) {
            if (rest.starts_with(names.substr(i * 3, 3))) {
                rest.remove_prefix(3);
                return i;
            }
        }
        good = false;
        return 0;
    }
};

struct Parts {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

void read_time(Reader& reader, Parts& parts) noexcept {
    parts.hour = reader.digits(2);
    reader.literal(":");
    parts.minute = reader.digits(2);
    reader.literal(":");
    parts.second = reader.digits(2);
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
void read_fixdate(Reader& reader, Parts& parts) noexcept {
    reader.name(weekdays);
    reader.literal(", ");
    parts.day = reader.digits(2);
    reader.literal(" ");
    parts.month = reader.name(months) + 1;
    reader.literal(" ");
    parts.year = reader.digits(4);
    reader.literal(" ");
    read_time(reader, parts);
    reader.literal(" GMT");
}

/// "Sun Nov  6 08:49:37 1994"
void read_asctime(Reader& reader, Parts& parts) noexcept {
    reader.name(weekdays);
    reader.literal(" ");
    parts.month = reader.name(months) + 1;
    reader.literal(" ");
    parts.day = reader.digits(2, true);
    reader.literal(" ");
    read_time(reader, parts);
    reader.literal(" ");
    parts.year = reader.digits(4);
}

unsigned year_of(std::time_t time) noexcept {
    using namespace std::chrono;
    const year_month_day date{floor<days>(sys_seconds{seconds{time}})};
    return static_cast<unsigned>(static_cast<int>(date.year()));
}

/// "Sunday, 06-Nov-94 08:49:37 GMT"
void read_rfc850(Reader& reader, Parts& parts, std::time_t now) noexcept {
    reader.literal(", ");
    parts.day = reader.digits(2);
    reader.literal("-");
    parts.month = reader.name(months) + 1;
    reader.literal("-");
    const unsigned this_year = year_of(now);
    parts.year = this_year - this_year % 100 + reader.digits(2);
    // RFC 9110 §5.6.7: more than 50 years in the future means the century before.
    if (parts.year > this_year + 50)
        parts.year -= 100;
    reader.literal(" ");
    read_time(reader, parts);
    reader.literal(" GMT");
}

std::optional<std::time_t> to_time(const Parts& parts) noexcept {
    using namespace std::chrono;
    const year_month_day date{year(static_cast<int>(parts.year)), month(parts.month),
                              day(parts.day)};
    // 60 is a leap second.
    if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60)
        return std::nullopt;
    const auto time =
        sys_days(date) + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second);
    return static_cast<std::time_t>(time.time_since_epoch().count());
}

} // namespace

DateText format_date(std::time_t time) noexcept {
    using namespace std::chrono;
    const sys_seconds moment{seconds{time}};
    const sys_days day = floor<days>(moment);
    const year_month_day date{day};
    const auto second = static_cast<unsigned>((moment - day).count());
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));

    DateText text;
    char* const at = text.data();
    put(at, weekdays.substr(weekday{day}.c_encoding() * 3, 3));
    put(at + 3, ", ");
    put_two_digits(at + 5, static_cast<unsigned>(date.day()));
    at[7] = ' ';
    put(at + 8, months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3));
    at[11] = ' ';
    put_two_digits(at + 12, year / 100 % 100);
    put_two_digits(at + 14, year % 100);
    at[16] = ' ';
    put_two_digits(at + 17, second / 3600);
    at[19] = ':';
    put_two_digits(at + 20, second / 60 % 60);
    at[22] = ':';
    put_two_digits(at + 23, second % 60);
    put(at + 25, " GMT");
    return text;
}

std::optional<std::time_t> parse_date(std::string_view text, std::time_t now) noexcept {
    Reader reader{text};
    Parts parts;
    const std::size_t comma = text.find(',');
    if (comma == 3) {
        read_fixdate(reader, parts);
    } else if (comma == std::string_view::npos) {
        read_asctime(reader, parts);
    } else {
        reader.good = false;
        for (const std::string_view day : long_weekdays)
            reader.good = reader.good || text.substr(0, comma) == day;
        reader.rest.remove_prefix(comma);
        read_rfc850(reader, parts, now);
    }
    if (!reader.good || !reader.rest.empty())
        return std::nullopt;
    return to_time(parts);
}

} // namespace tern::http
