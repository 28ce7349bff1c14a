#pragma once
// What the suite's files hold.

#include <cstddef>
#include <string>

namespace tern::conformance::ftp {

/// More than any buffer on the way takes.
inline constexpr std::size_t large = 32 << 20;

/// No piece of it is like another.
inline std::string content_of(std::size_t size) {
    std::string content;
    for (std::size_t i = 0; content.size() < size; ++i)
        content += std::to_string(i) + '\n';
    content.resize(size);
    return content;
}

} // namespace tern::conformance::ftp
