#pragma once
// The administrator's way in: a Unix socket that only the server's own user can reach. One line,
// `announce TEXT`, and its answer; `tern-chatd announce` speaks it.

#include "common/hub/runner.h"
#include "common/net/listener.h"
#include "common/session/session.h"
#include "servers/chat/door.h"

#include <string>

namespace tern::chat {

/// Bound with mode 0600. Throws std::system_error.
net::Listener control_listener(const std::string& path);

/// One administrator after the other, for as long as the server runs. All arguments outlive it.
Task<void> serve_control(const DoorContext& context, const net::Listener& listener, Runner& runner);

struct Announcement {
    bool is_done = false;
    std::string words; ///< the server's
};
/// The other end: has `text` announced by the server at `path`. Throws std::runtime_error if none
/// is there.
Announcement announce(const std::string& path, std::string text);

} // namespace tern::chat
