#pragma once
// Paths as a client sees them: "/" is its home, and nothing is above it.

#include <string>
#include <string_view>

namespace tern::ftp {

/// `argument`, seen from the folder `current` (absolute): absolute, without dot segments, doubled
/// slashes or one at its end. ".." above "/" stays there.
std::string resolve(std::string_view current, std::string_view argument);

/// "/a/b" is "b" in "/a"; "/" is "" in "/".
std::string_view parent_of(std::string_view path) noexcept;
std::string_view name_of(std::string_view path) noexcept;
/// For the kernel: "/a/b" is "a/b" below the home.
inline std::string_view below_home(std::string_view path) noexcept { return path.substr(1); }

} // namespace tern::ftp
