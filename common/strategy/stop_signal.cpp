#include "common/strategy/stop_signal.h"

#include "common/base/result.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tern::strategy {

StopSignal::StopSignal() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_)
        throw std::system_error(last_error(), "eventfd");
}

void StopSignal::request() noexcept {
    const int interrupted = errno; // a signal handler leaves errno as it was
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
    errno = interrupted;
}

bool StopSignal::requested() const noexcept {
    pollfd interest = {event_.get(), POLLIN, 0};
    return ::poll(&interest, 1, 0) > 0;
}

} // namespace tern::strategy
