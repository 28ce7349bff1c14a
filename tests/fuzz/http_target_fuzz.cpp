// Feeds bytes to what takes request targets, paths, dates, lists and ranges apart.

#include "common/protocol/http/conditions.h"
#include "common/protocol/http/date.h"
#include "common/protocol/http/range.h"
#include "common/protocol/http/target.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tern::http;

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// A decoded path has nothing left that leads anywhere else, and survives a round trip.
void check_path(std::string_view path) {
    require(path.starts_with('/'));
    require(path.find('\0') == std::string_view::npos);
    require(path.find("//") == std::string_view::npos);
    const std::string bounded = std::string(path) + "/";
    require(bounded.find("/../") == std::string::npos);
    require(bounded.find("/./") == std::string::npos);
    std::string storage;
    const std::string encoded = encode_path(path);
    const DecodedPath again = decode_path(encoded, storage);
    require(again.fault == PathFault::none && again.path == path);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    for (const std::string_view method : {"GET", "OPTIONS", "CONNECT"}) {
        const Target target = parse_target(method, input);
        if (target.form == Target::Form::invalid || !target.path.starts_with('/'))
            continue;
        std::string storage;
        const DecodedPath path = decode_path(target.path, storage);
        if (path.fault == PathFault::none)
            check_path(path.path);
    }
    constexpr std::uint64_t length = 1'000;
    const RangeRequest range = parse_range(input, length);
    require((range.kind == RangeRequest::Kind::parts) == !range.parts.empty());
    require(range.parts.size() <= most_ranges);
    std::uint64_t sum = 0;
    for (const ByteRange& part : range.parts) {
        require(part.length > 0 && part.first < length && part.length <= length - part.first);
        sum += part.length;
    }
    require(sum <= length); // so none overlaps another
    parse_date(input, 1'000'000'000);
    const std::array<Field, 2> fields = {Field{"If-None-Match", input}, Field{"If-Range", input}};
    evaluate_preconditions(fields, true, {"\"a\"", 1}, 1'000'000'000);
    if_range_holds(fields, {"\"a\"", 1}, 1'000'000'000);
    return 0;
}
