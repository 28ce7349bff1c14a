#include "common/protocol/chat/text.h"

#include <algorithm>

namespace tern::chat {
namespace {

bool is_continuation(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

/// A code point's bytes by its first one, and the range of its second one (RFC 3629 section 4).
struct Form {
    std::size_t length = 0; ///< 0: no code point begins so
    unsigned char lowest = 0x80;
    unsigned char highest = 0xBF;
};

Form form_of(unsigned char first) noexcept {
    if (first < 0x80)
        return {1};
    if (first >= 0xC2 && first <= 0xDF)
        return {2};
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned char lowest = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned char highest = first == 0xED ? 0x9F : 0xBF;
        return {3, lowest, highest};
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned char lowest = first == 0xF0 ? 0x90 : 0x80;
        const unsigned char highest = first == 0xF4 ? 0x8F : 0xBF;
        return {4, lowest, highest};
    }
    return {};
}

/// The bytes of the code point that `text`, which is not empty, begins with; 0 if none does.
std::size_t code_point_length(std::string_view text) noexcept {
    const Form form = form_of(static_cast<unsigned char>(text[0]));
    if (form.length < 2)
        return form.length;
    if (text.size() < form.length)
        return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    if (second < form.lowest || second > form.highest)
        return 0;
    const std::string_view rest = text.substr(2, form.length - 2);
    return std::all_of(rest.begin(), rest.end(), is_continuation) ? form.length : 0;
}

bool is_control(std::string_view code_point) noexcept {
    const auto first = static_cast<unsigned char>(code_point[0]);
    if (first == 0xC2)
        return static_cast<unsigned char>(code_point[1]) < 0xA0;
    return (first < 0x20 && first != '\t') || first == 0x7F;
}

/// Of the Unicode bidirectional algorithm (UAX 9), those with an effect until they are ended, and
/// separators. Marks (U+200E, U+200F, U+061C) are letters without a width, and harmless.
bool is_layout(std::string_view code_point) noexcept {
    if (!code_point.starts_with("\xE2\x80") && !code_point.starts_with("\xE2\x81"))
        return false;
    const auto second = static_cast<unsigned char>(code_point[1]);
    const auto third = static_cast<unsigned char>(code_point[2]);
    return second == 0x80 ? third >= 0xA8 && third <= 0xAE : third >= 0xA6 && third <= 0xA9;
}

bool disturbs(std::string_view code_point) noexcept {
    return is_control(code_point) || is_layout(code_point);
}

} // namespace

bool disturbs_a_line(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = code_point_length(text);
        if (length == 0 || disturbs(text))
            return true;
        text.remove_prefix(length);
    }
    return false;
}

std::optional<TextFault> fault_of(std::string_view text) noexcept {
    bool has_control = false;
    while (!text.empty()) {
        const std::size_t length = code_point_length(text);
        if (length == 0)
            return TextFault::not_utf8;
        has_control = has_control || is_control(text);
        text.remove_prefix(length);
    }
    if (has_control)
        return TextFault::control;
    return std::nullopt;
}

std::string harmless(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = code_point_length(text);
        if (length == 0)
            clean += '?';
        else if (!disturbs(text))
            clean += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::size_t code_points(std::string_view text) noexcept {
    const auto continuations = std::count_if(text.begin(), text.end(), is_continuation);
    return text.size() - static_cast<std::size_t>(continuations);
}

std::string_view beginning_of(std::string_view text, std::size_t bytes) noexcept {
    if (text.size() <= bytes)
        return text;
    while (bytes > 0 && is_continuation(text[bytes]))
        --bytes;
    return text.substr(0, bytes);
}

} // namespace tern::chat
