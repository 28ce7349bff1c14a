#pragma once
// Forked children: how they start, and how their parent learns that they are gone.

#include "common/base/log.h"
#include "common/base/unique_fd.h"
#include "common/session/session.h"

#include <sys/types.h>

#include <functional>
#include <utility>

namespace tern::strategy {

/// A running child, by a descriptor that becomes readable when it ends (pidfd_open(2)): no SIGCHLD,
/// no race with numbers that are used again. A child that still runs when this dies is killed and
/// reaped; in a forked child, where this is a copy of the parent's, nothing happens.
class ChildProcess {
public:
    ChildProcess() noexcept = default;
    ChildProcess(ChildProcess&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), parent_(other.parent_),
          handle_(std::move(other.handle_)) {}
    ChildProcess& operator=(ChildProcess&& other) noexcept {
        std::swap(pid_, other.pid_);
        std::swap(parent_, other.parent_);
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~ChildProcess();

    /// Forks. In the child: lets it die with its parent, gives SIGTERM its default meaning (only
    /// this child's client is harmed; the stop signal comes by descriptor), runs `body`, and
    /// leaves by _exit: no destructor of the parent's runs twice. Throws std::system_error; must
    /// not be called in a process that has threads.
    static ChildProcess start(const std::function<void()>& body, Log& log);

    /// Waits for the end, reaps the child, and logs it if it was killed or failed. The object
    /// outlives the task.
    Task<void> end(Log& log);

private:
    ChildProcess(pid_t pid, pid_t parent) noexcept : pid_(pid), parent_(parent) {}

    pid_t pid_ = -1;
    pid_t parent_ = -1;
    UniqueFd handle_;
};

} // namespace tern::strategy
