#pragma once
// Connected pairs for tests of those who wait for descriptors.

#include "common/base/unique_fd.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tern::test {

struct SocketPair {
    SocketPair() {
        std::array<int, 2> ends = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw std::runtime_error("socketpair");
        ours.reset(ends[0]);
        theirs.reset(ends[1]);
    }
    UniqueFd ours;
    UniqueFd theirs;
};

inline void write_text(const UniqueFd& end, std::string_view text) {
    if (::write(end.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("write");
}

/// What can be read now; empty if nothing.
inline std::string read_text(const UniqueFd& end) {
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(end.get(), buffer.data(), buffer.size());
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// Until it would block.
inline void fill(const UniqueFd& end) {
    const std::string text(65536, 'x');
    while (::write(end.get(), text.data(), text.size()) > 0) {
    }
}

} // namespace tern::test
