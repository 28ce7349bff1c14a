#pragma once
// What IRC's clients put into their texts beside the text: colours and CTCP.

#include <string>
#include <string_view>

namespace tern::chat {

struct IrcText {
    std::string text; ///< of characters that every door's clients may see
    bool is_action = false;
    bool is_other_ctcp = false; ///< a question of one client to another
};

/// Leaves formatting out, and recognises "\x01ACTION text\x01".
IrcText text_from_irc(std::string_view raw);

} // namespace tern::chat
