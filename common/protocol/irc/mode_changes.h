#pragma once
// Mode strings: "+o-v+b bob eve *!*@host" (RFC 2812 §3.2.3; CHANMODES in RPL_ISUPPORT).

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::irc {

/// Which modes there are, by what parameter they take.
struct ModeKinds {
    std::string_view lists;    ///< A: adds to a list, or shows it without a parameter
    std::string_view always;   ///< B: a parameter to set and to unset, where it may be missing
    std::string_view when_set; ///< C: a parameter only to set
    std::string_view never;    ///< D
    std::string_view members;  ///< given to a member, by name
};

struct ModeChange {
    enum class Fault : unsigned char { none, unknown, no_parameter };
    char mode = 0;
    bool set = true;
    std::string_view parameter; ///< empty if it takes none, or shows a list
    Fault fault = Fault::none;
};

/// Every change that is asked for, in order; nothing is checked but that a parameter is there.
std::vector<ModeChange> parse_mode_changes(const ModeKinds& kinds, std::string_view modes,
                                           std::span<const std::string_view> parameters);

/// Changes that were made, as one mode string with its parameters after it, blanks between.
std::string format_mode_changes(std::span<const ModeChange> changes);

} // namespace tern::irc
