#pragma once
// A command line in words, as shells have it: quotes and backslashes keep blanks together.

#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp_client {

std::vector<std::string> words_of(std::string_view line);

} // namespace tern::ftp_client
