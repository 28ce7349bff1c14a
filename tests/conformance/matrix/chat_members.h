#pragma once
// Members of a chat under test: how many there is room for, and one at a terminal.

#include "tests/conformance/matrix/run.h"
#include "tests/harness/client_socket.h"

#include <string>
#include <string_view>

namespace tern::conformance {

constexpr std::size_t chat_workers = 6; ///< and so many members at once, but for `iterative`

/// Whether so many may be connected over TCP at once.
bool has_room_for(std::size_t members);

/// Somebody at a terminal who is in the lobby.
class LinePerson {
public:
    /// Enters by the listener "line".
    template <class Server>
    LinePerson(const Server& server, const std::string& name)
        : LinePerson(server.endpoint("line"), name) {}
    LinePerson(const test::Endpoint& door, const std::string& name);

    void say(const std::string& line) { socket_.send_all(line + "\n"); }
    std::string hear();
    /// Reads until a line that contains this.
    std::string hear_until(std::string_view part);

private:
    test::ClientSocket socket_;
};

} // namespace tern::conformance
