#pragma once
// What the kernel tells of other processes (/proc), for tests that look for leaks.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace tern::test {

/// Direct children, zombies included, in ascending order; none if there is no such process.
std::vector<pid_t> children_of(pid_t process);

/// Whether there is such a process, if only as a zombie.
bool exists(pid_t process);
bool is_zombie(pid_t process);

std::size_t threads_of(pid_t process);
std::size_t descriptors_of(pid_t process);

/// User and system time used so far by a process and its present children.
std::chrono::milliseconds processor_time_of(pid_t process);

/// What the threads of a process and of its children are about, a line each: for the report of a
/// test that waits in vain. Number, state, where in the kernel it sleeps, its system call.
std::string doings_of(pid_t process);

/// What a server must not have more of after work than before.
struct Possessions {
    std::size_t descriptors = 0;
    std::size_t threads = 0;
    std::size_t children = 0;

    friend bool operator==(const Possessions&, const Possessions&) = default;
};

/// Of a process and its children together.
Possessions possessions_of(pid_t process);

} // namespace tern::test
