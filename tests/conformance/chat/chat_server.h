#pragma once
// tern-chatd under test, with the strategy and the transport that this run is about; and people
// who talk there.

#include "tests/conformance/matrix/chat_members.h"
#include "tests/harness/certificate.h"
#include "tests/harness/client_socket.h"
#include "tests/harness/process_facts.h"
#include "tests/harness/server_process.h"
#include "tests/harness/temporary_folder.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::conformance::chat {

using conformance::encrypted;
using conformance::has_room_for;
using conformance::model;
using test::ClientSocket;

/// With the operator "root", password "secret"; its listeners are "line" and "udp".
class Server {
public:
    explicit Server(const std::vector<std::string>& settings = {});

    const test::Endpoint& endpoint(std::string_view name = "line") const {
        return process_->endpoint(name);
    }
    test::ServerProcess& process() noexcept { return *process_; }
    std::string configuration() const { return (folder_ / "chat.json").string(); }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

private:
    test::TemporaryFolder folder_;
    std::optional<test::ServerProcess> process_;
};

/// Somebody at a terminal.
class Person {
public:
    /// Connects and reads the question for the name.
    explicit Person(const Server& server, int receive_buffer = 0);
    /// Has entered too, and read who is there.
    Person(const Server& server, const std::string& name);

    void say(const std::string& line) { socket_.send_all(line + "\n"); }
    std::string hear() {
        std::string line = socket_.read_until("\n");
        line.pop_back();
        return line;
    }
    /// Reads until this line comes.
    void hear_until(const std::string& line) {
        while (hear() != line) {
        }
    }
    std::string ask(const std::string& line) {
        say(line);
        return hear();
    }
    ClientSocket& socket() noexcept { return socket_; }

private:
    ClientSocket socket_;
};

/// What the listener "metrics" answers.
std::string scrape(const Server& server, const std::string& request);
/// Waits until this line is among the server's numbers.
bool comes_to_have(const Server& server, const std::string& line);

} // namespace tern::conformance::chat
