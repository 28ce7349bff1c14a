#include "tests/conformance/matrix/chat_members.h"

namespace tern::conformance {

bool has_room_for(std::size_t members) {
    const std::size_t most = model().clients_at_once(chat_workers);
    return most == 0 || members <= most;
}

LinePerson::LinePerson(const test::Endpoint& door, const std::string& name)
    : socket_(door, test::SocketOptions{.tls = encrypted()}) {
    say(name);
    hear_until("In lobby now: ");
}

std::string LinePerson::hear() {
    std::string line = socket_.read_until("\n");
    line.pop_back();
    return line;
}

std::string LinePerson::hear_until(std::string_view part) {
    for (;;) {
        std::string line = hear();
        if (line.find(part) != std::string::npos)
            return line;
    }
}

} // namespace tern::conformance
