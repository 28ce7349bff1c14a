#pragma once
// Something to be done in a forked child.

#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace tern::test {

/// Runs `body` in a child, which ends after it without touching what it shares with its parent.
template <class Body>
pid_t fork_child(const Body& body) {
    const pid_t child = ::fork();
    if (child < 0)
        throw std::runtime_error("fork");
    if (child == 0) {
        body();
        ::_exit(0);
    }
    return child;
}

/// What waitpid(2) says when `child` is over.
inline int wait_for(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

} // namespace tern::test
