#include "servers/ftp/user_sessions.h"

#include <signal.h> // NOLINT(modernize-deprecated-headers): kill is POSIX's
#include <unistd.h>

#include <cerrno>
#include <functional>

namespace tern::ftp {
namespace {

std::uint64_t digest_of(std::string_view user) noexcept {
    return (std::hash<std::string_view>()(user) & 0xffffffff) | 1;
}

bool is_gone(std::uint64_t slot) noexcept {
    const auto process = static_cast<pid_t>(slot >> 32);
    return process != ::getpid() && ::kill(process, 0) != 0 && errno == ESRCH;
}

} // namespace

UserSessions::UserSessions(std::size_t most)
    : capacity_(most), memory_(most * sizeof(Slot)), slots_(static_cast<Slot*>(memory_.address())) {
}

std::size_t UserSessions::count(std::string_view user) noexcept {
    const std::uint64_t digest = digest_of(user);
    std::size_t found = 0;
    for (std::size_t i = 0; i < capacity_; ++i) {
        std::uint64_t slot = slots_[i].load(std::memory_order_relaxed);
        if ((slot & 0xffffffff) != digest)
            continue;
        if (is_gone(slot))
            slots_[i].compare_exchange_strong(slot, 0);
        else
            ++found;
    }
    return found;
}

UserSessions::Place UserSessions::enter(std::string_view user, std::size_t limit) noexcept {
    const std::uint64_t wanted = static_cast<std::uint64_t>(::getpid()) << 32 | digest_of(user);
    for (std::size_t i = 0; i < capacity_; ++i) {
        std::uint64_t slot = slots_[i].load(std::memory_order_relaxed);
        if (slot != 0 && !is_gone(slot))
            continue;
        if (!slots_[i].compare_exchange_strong(slot, wanted))
            continue;
        Place place(slots_[i]);
        if (limit > 0 && count(user) > limit)
            return {};
        return place;
    }
    return {};
}

} // namespace tern::ftp
