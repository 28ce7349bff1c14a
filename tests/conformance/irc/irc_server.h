#pragma once
// tern-chatd under test, with the strategy and the transport that this run is about; and people
// who talk there by IRC, and by lines.

#include "tests/conformance/matrix/chat_members.h"
#include "tests/harness/certificate.h"
#include "tests/harness/client_socket.h"
#include "tests/harness/server_process.h"
#include "tests/harness/temporary_folder.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::conformance::irc {

using conformance::encrypted;
using conformance::has_room_for;
using conformance::LinePerson;
using conformance::model;
using test::ClientSocket;

/// With the operator "root" and the account "jilles", password "secret"; its listeners are "irc"
/// and "line".
class Server {
public:
    explicit Server(const std::vector<std::string>& settings = {});

    const test::Endpoint& endpoint(std::string_view name) const { return process_->endpoint(name); }
    test::ServerProcess& process() noexcept { return *process_; }

private:
    test::TemporaryFolder folder_;
    std::optional<test::ServerProcess> process_;
};

/// An IRC client that says exactly what a test wants.
class Client {
public:
    /// Connects only.
    explicit Client(const Server& server, int receive_buffer = 0)
        : socket_(server.endpoint("irc"), test::SocketOptions{encrypted(), receive_buffer}) {}
    /// Has registered too, and read all that a newcomer is told.
    Client(const Server& server, const std::string& name);

    void say(const std::string& line) { socket_.send_all(line + "\r\n"); }
    std::string hear() { return socket_.read_line(); }
    /// Reads until a line that contains this.
    std::string hear_until(std::string_view part);
    /// All lines that the server sends in answer to this one, CR LF between.
    std::string ask(const std::string& line);
    ClientSocket& socket() noexcept { return socket_; }

private:
    ClientSocket socket_;
};

} // namespace tern::conformance::irc
