#pragma once
// The administrator as a member of the hub: has no name, and may announce.

#include "common/hub/runner.h"
#include "common/session/session.h"

#include <string>
#include <string_view>

namespace tern::chat {

class Administrator {
public:
    /// Both outlive it.
    Administrator(Session& session, Runner& runner);

    /// To everybody. Returns the hub's answer, a line; empty if none comes for some seconds.
    Task<std::string> announce(std::string text);

private:
    Session& session_;
    Mailbox mailbox_;
    Membership membership_;
};

} // namespace tern::chat
