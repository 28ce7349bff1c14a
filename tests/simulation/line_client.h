#pragma once
// A client that talks and listens at once, as its plan says, and keeps what it heard.

#include "common/net/connection.h"

#include <string>
#include <vector>

namespace tern::test {

struct Speech {
    Clock::duration pause; ///< before it
    std::string text;
};

struct ClientPlan {
    std::vector<Speech> speeches;
    bool ends_its_side = true; ///< when all is said
};

struct ClientRecord {
    std::string heard;
    bool ended = false;  ///< by the server, cleanly
    bool failed = false; ///< the connection broke
};

/// Until the server ends. `plan` and `record` outlive it.
Task<void> talk(const ClientPlan& plan, ClientRecord& record,
                std::unique_ptr<net::Transport> transport);

} // namespace tern::test
