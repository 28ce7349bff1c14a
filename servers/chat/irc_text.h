#pragma once
// What IRC's clients put into their texts beside the text: colours and CTCP.

#include <string>
#include <string_view>

namespace tern::chat {

struct IrcText {
    std::string text; ///< of characters that every door's clients may see
    bool is_action = false;
    bool is_other_ctcp = false; ///< a question of one client to another, or the answer
};

/// Leaves formatting and other control characters out, and recognises "\x01ACTION text\x01".
IrcText text_from_irc(std::string_view raw);

/// A topic, a reason, a real name: without formatting and control characters.
inline std::string plain_text_from_irc(std::string_view raw) { return text_from_irc(raw).text; }

} // namespace tern::chat
