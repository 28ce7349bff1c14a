#include "common/protocol/irc/history_request.h"

#include "common/protocol/irc/case_mapping.h"

#include <array>
#include <charconv>
#include <utility>

namespace tern::irc {
namespace {

using Kind = HistoryRequest::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 6> kinds = {{
    {"BEFORE", Kind::before},
    {"AFTER", Kind::after},
    {"LATEST", Kind::latest},
    {"AROUND", Kind::around},
    {"BETWEEN", Kind::between},
    {"TARGETS", Kind::targets},
}};

std::optional<Kind> kind_of(std::string_view name) {
    const std::string capitals = upper_ascii(name);
    for (const auto& [known, kind] : kinds)
        if (known == capitals)
            return kind;
    return std::nullopt;
}

std::optional<std::size_t> parse_limit(std::string_view text) noexcept {
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return limit;
}

} // namespace

std::optional<HistoryPoint> parse_history_point(std::string_view text) {
    constexpr std::string_view message = "msgid=";
    constexpr std::string_view time = "timestamp=";
    if (text == "*")
        return HistoryPoint();
    if (text.starts_with(message) && text.size() > message.size())
        return HistoryPoint(std::string(text.substr(message.size())));
    if (!text.starts_with(time))
        return std::nullopt;
    const auto moment = parse_server_time(text.substr(time.size()));
    if (!moment)
        return std::nullopt;
    return HistoryPoint(*moment);
}

std::variant<HistoryRequest, HistoryFault>
parse_history_request(std::span<const std::string_view> parameters) {
    if (parameters.empty())
        return HistoryFault::need_more_params;
    const auto kind = kind_of(parameters[0]);
    if (!kind)
        return HistoryFault::unknown_command;
    HistoryRequest request;
    request.kind = *kind;
    std::span<const std::string_view> rest = parameters.subspan(1);
    const bool has_target = request.kind != Kind::targets;
    const bool has_two = request.kind == Kind::between || request.kind == Kind::targets;
    if (rest.size() < (has_target ? 1U : 0U) + (has_two ? 2U : 1U) + 1U)
        return HistoryFault::need_more_params;
    if (has_target) {
        request.target = rest[0];
        rest = rest.subspan(1);
    }
    auto from = parse_history_point(rest[0]);
    auto to = has_two ? parse_history_point(rest[1]) : HistoryPoint();
    const auto limit = parse_limit(rest[has_two ? 2 : 1]);
    // Only LATEST may speak of the present.
    const bool is_open = from && std::holds_alternative<std::monostate>(*from);
    if (!from || !to || !limit || (is_open && request.kind != Kind::latest))
        return HistoryFault::invalid_params;
    request.from = std::move(*from);
    request.to = std::move(*to);
    request.limit = *limit;
    return request;
}

} // namespace tern::irc
