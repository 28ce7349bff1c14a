#pragma once
// Takes content codings off, with the libraries that clients use.

#include <string>
#include <string_view>

namespace tern::test {

/// `coding` as in Content-Encoding; "" leaves `content` as it is. Throws std::runtime_error for an
/// unknown coding, and for content that is not exactly one whole stream of it.
std::string decompress(std::string_view coding, std::string_view content);

/// What `gzip` makes of it, at a level from 0 to 9.
std::string gzip(std::string_view content, int level = 9);

} // namespace tern::test
