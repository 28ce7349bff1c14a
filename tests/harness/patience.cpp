#include "tests/harness/patience.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace tern::test {

int Deadline::poll_timeout() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, left.count()));
}

bool becomes_ready(int descriptor, short events, const Deadline& deadline) {
    pollfd interest = {descriptor, events, 0};
    for (;;) {
        const int ready = ::poll(&interest, 1, deadline.poll_timeout());
        if (ready > 0)
            return true;
        if (ready == 0)
            return false;
        if (errno != EINTR)
            throw std::system_error(errno, std::system_category(), "poll");
    }
}

bool eventually(const std::function<bool()>& condition, const Deadline& deadline) {
    constexpr int pause_ms = 2;
    while (!condition()) {
        if (deadline.is_over())
            return false;
        ::poll(nullptr, 0, pause_ms);
    }
    return true;
}

} // namespace tern::test
