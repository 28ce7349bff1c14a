#pragma once
// The administrator at the terminal in which the server runs: a line typed there is announced.

#include "common/hub/runner.h"
#include "common/session/session.h"
#include "servers/chat/door.h"

namespace tern::chat {

/// Whether standard input is the terminal of this process's session; not so for a daemon that was
/// put into a session of its own.
bool has_terminal() noexcept;

/// For as long as the server runs. All arguments outlive it.
Task<void> serve_terminal(const DoorContext& context, Runner& runner);

} // namespace tern::chat
