#pragma once
// One line of IRC as a message: tags, source, command, parameters (RFC 2812 §2.3.1 and IRCv3's
// message-tags).

#include "common/protocol/irc/limits.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tern::irc {

/// Everything points into the line that was parsed.
struct Message {
    std::string_view tags; ///< without the '@'; values are escaped
    std::string_view source;
    std::string_view command;
    std::array<std::string_view, most_parameters> slots;
    std::size_t count = 0;

    std::span<const std::string_view> parameters() const noexcept { return {slots.data(), count}; }
    /// Empty if there are fewer.
    std::string_view parameter(std::size_t index) const noexcept {
        return index < count ? slots[index] : std::string_view();
    }
};

/// Nothing if the line has no command, or a NUL.
std::optional<Message> parse_message(std::string_view line) noexcept;

struct Tag {
    std::string_view key;
    std::string_view value; ///< escaped
};
/// Takes the first tag off `tags`; nothing when there is none left.
std::optional<Tag> take_tag(std::string_view& tags) noexcept;
/// The value of a tag, unescaped; of several with this key the last counts.
std::optional<std::string> tag_value(std::string_view tags, std::string_view key);

/// Message tags, "Escaping values".
void append_escaped(std::string& to, std::string_view value);
std::string unescaped(std::string_view value);

} // namespace tern::irc
