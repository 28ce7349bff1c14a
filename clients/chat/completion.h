#pragma once
// What a half typed word may become.

#include "clients/chat/people.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat_client {

/// `line` up to the cursor; the word begins at `word`. A command at the front of the line, or a
/// name, which gets a colon where it begins the line.
std::vector<std::string> completions(std::string_view line, std::size_t word, const People& people);

} // namespace tern::chat_client
