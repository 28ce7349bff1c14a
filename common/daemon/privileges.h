#pragma once
// Gives up what a server needs only at its start, and takes what the system allows.

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace tern::daemon {

/// A user of the system, with the user's own group.
struct Identity {
    std::string name;
    uid_t user = 0;
    gid_t group = 0;
};

/// Empty if there is no such user.
std::optional<Identity> find_user(const std::string& name);

/// Becomes `identity` for good, with its groups and nothing of root's, and makes sure of it. False
/// if this process is not root's and so has nothing to give up. Throws std::runtime_error.
bool drop_privileges(const Identity& identity);

/// Raises the limit of open descriptors as far as the system allows; returns it.
std::size_t raise_descriptor_limit() noexcept;

} // namespace tern::daemon
