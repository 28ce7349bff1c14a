// Feeds header lines to what evaluates ranges, preconditions and dates, and holds the outcome
// against what the RFC says of every outcome.
//
// The first four bytes are the size of the representation (two) and how many hours ago it changed
// (two); lines of "Name: value" follow.

#include "common/protocol/http/conditions.h"
#include "common/protocol/http/date.h"
#include "common/protocol/http/range.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using namespace tern::http;

constexpr std::time_t now = 1'000'000'000;

void require(bool condition) {
    if (!condition)
        std::abort();
}

unsigned number_at(const std::uint8_t* data) { return data[0] * 256U + data[1]; }

std::vector<Field> fields_of(std::string_view text) {
    std::vector<Field> fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            fields.push_back({line.substr(0, colon), trim(line.substr(colon + 1))});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

void check_range(std::string_view value, std::uint64_t size) {
    RangeRequest request = parse_range(value, size);
    require((request.kind == RangeRequest::Kind::parts) == !request.parts.empty());
    require(request.parts.size() <= most_ranges);
    std::sort(request.parts.begin(), request.parts.end(),
              [](const ByteRange& a, const ByteRange& b) { return a.first < b.first; });
    std::uint64_t end = 0;
    for (const ByteRange& part : request.parts) {
        require(part.length > 0 && part.first < size && part.length <= size - part.first);
        require(end == 0 || part.first > end); // neither overlapping nor adjacent
        end = part.first + part.length;
    }
    if (size == 0)
        require(request.parts.empty());
}

/// What was understood of a date is written the one way that is right, and understood again.
void check_date(std::string_view text) {
    constexpr std::time_t year_10000 = 253'402'300'800;
    const auto date = parse_date(text, now);
    if (!date || *date >= year_10000)
        return;
    const DateText written = format_date(*date);
    require(parse_date(view(written), now) == date);
}

void check_preconditions(std::vector<Field> fields, const Validators& current) {
    const Precondition safe = evaluate_preconditions(fields, true, current, now);
    const Precondition unsafe = evaluate_preconditions(fields, false, current, now);
    require(unsafe != Precondition::not_modified);
    if (safe != Precondition::not_modified)
        require(unsafe == safe);
    const bool any = std::any_of(fields.begin(), fields.end(), [](const Field& field) {
        return field.name.size() >= 8 && to_lower(field.name[0]) == 'i';
    });
    if (!any)
        require(safe == Precondition::holds && if_range_holds(fields, current, now));
    const bool may_have_range = if_range_holds(fields, current, now);
    fields.insert(fields.begin(), Field{"X-Unknown", "\"a\", *"});
    require(evaluate_preconditions(fields, true, current, now) == safe);
    require(if_range_holds(fields, current, now) == may_have_range);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t numbers = 4;
    if (size < numbers)
        return 0;
    const std::uint64_t length = number_at(data);
    const std::time_t modified = now - static_cast<std::time_t>(number_at(data + 2)) * 3600;
    const std::string_view text(reinterpret_cast<const char*>(data) + numbers, size - numbers);
    const std::vector<Field> fields = fields_of(text);
    for (const Field& field : fields) {
        check_range(field.value, length);
        check_date(field.value);
    }
    check_preconditions(fields, {"\"a\"", modified});
    check_preconditions(fields, {"W/\"a\"", modified});
    check_preconditions(fields, {"", modified});
    return 0;
}
