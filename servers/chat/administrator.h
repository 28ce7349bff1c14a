#pragma once
// The administrator as a member of the hub: has no name, and may announce.

#include "common/hub/runner.h"
#include "common/session/session.h"
#include "servers/chat/line_commands.h"

#include <string>

namespace tern::chat {

class Administrator {
public:
    /// All of it outlives it.
    Administrator(const DoorContext& context, Session& session, Runner& runner);

    struct Outcome {
        bool is_done = false;
        std::string words; ///< a line; empty if the hub says nothing for some seconds
    };
    /// To everybody, if it is a line that may be said.
    Task<Outcome> announce(std::string text);

private:
    const DoorContext& context_;
    Session& session_;
    const LineCommands commands_;
    Mailbox mailbox_;
    Membership membership_;
};

} // namespace tern::chat
