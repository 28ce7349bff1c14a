#include "servers/http/http2_start.h"

#include <algorithm>
#include <cstdint>

namespace tern::http {
namespace {

bool has_element(std::string_view list, std::string_view wanted) {
    for (std::string_view element; next_element(list, element);)
        if (equal_ignoring_case(element, wanted))
            return true;
    return false;
}

/// RFC 4648 §5, without padding; -1 for what is no digit.
int digit_of(char c) noexcept {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::size_t position = digits.find(c);
    return position == std::string_view::npos ? -1 : static_cast<int>(position);
}

std::optional<std::string> decode(std::string_view text) {
    std::string decoded;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int digit = digit_of(c);
        if (digit < 0)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        decoded += static_cast<char>(bits >> count & 0xff);
    }
    return decoded;
}

/// RFC 7540 §3.2.1: the one HTTP2-Settings, named in Connection as the field of one hop that it is.
std::optional<std::string> settings_of(const http1::RequestHead& head) {
    std::optional<std::string> settings;
    bool is_for_us = false;
    for (const Field& field : head.fields) {
        if (equal_ignoring_case(field.name, "Connection"))
            is_for_us = is_for_us || (has_element(field.value, "HTTP2-Settings") &&
                                      has_element(field.value, "Upgrade"));
        if (!equal_ignoring_case(field.name, "HTTP2-Settings"))
            continue;
        if (settings)
            return std::nullopt;
        settings = decode(field.value);
        constexpr std::size_t setting_size = 6; // RFC 9113 §6.5.1
        if (!settings || settings->size() % setting_size != 0)
            return std::nullopt;
    }
    return is_for_us ? settings : std::nullopt;
}

bool is_of_one_hop(std::string_view name) {
    constexpr std::string_view names[] = {"Connection", "Upgrade", "HTTP2-Settings", "Keep-Alive",
                                          "Host"};
    return std::any_of(std::begin(names), std::end(names),
                       [&](std::string_view one) { return equal_ignoring_case(one, name); });
}

} // namespace

std::optional<Http2Start::Upgrade> http2_upgrade_from(const http1::RequestHead& head) {
    const bool has_body = head.framing == http1::Framing::chunked || head.content_length > 0;
    if (head.minor_version == 0 || has_body || !has_element(head.upgrade, "h2c") ||
        head.expectation == http1::Expectation::unknown)
        return std::nullopt;
    std::optional<std::string> settings = settings_of(head);
    if (!settings)
        return std::nullopt;
    Http2Start::Upgrade upgrade;
    upgrade.settings = std::move(*settings);
    upgrade.method = head.method;
    upgrade.target = head.target;
    upgrade.host = head.host;
    for (const Field& field : head.fields)
        if (!is_of_one_hop(field.name))
            upgrade.fields.emplace_back(field.name, field.value);
    return upgrade;
}

} // namespace tern::http
