#pragma once
// Regular expressions (ECMAScript's), in a file of their own: they take seconds to compile.

#include <optional>
#include <string>
#include <vector>

namespace tern::test {

/// The whole text and its groups, if the pattern matches all of it; a group that takes no part is
/// empty.
std::optional<std::vector<std::string>> match(const std::string& text, const std::string& pattern);

} // namespace tern::test
