#pragma once
// tern-chatd under test, with the strategy and the transport that this run is about; and people
// who talk there by WebSocket, and by lines.

#include "common/protocol/websocket/stream.h"
#include "tests/conformance/matrix/chat_members.h"
#include "tests/harness/certificate.h"
#include "tests/harness/client_socket.h"
#include "tests/harness/http_client.h"
#include "tests/harness/server_process.h"
#include "tests/harness/temporary_folder.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::conformance::web {

using conformance::encrypted;
using conformance::has_room_for;
using conformance::LinePerson;
using conformance::model;
using nlohmann::json;
using test::ClientSocket;

/// Its listeners are "web", "line" and "irc".
class Server {
public:
    explicit Server(const std::vector<std::string>& settings = {});

    const test::Endpoint& endpoint(std::string_view name) const { return process_->endpoint(name); }
    test::ServerProcess& process() noexcept { return *process_; }
    std::string configuration() const { return (folder_ / "chat.json").string(); }

private:
    test::TemporaryFolder folder_;
    std::optional<test::ServerProcess> process_;
};

struct ClientOptions {
    std::string origin = {};
    bool deflate = false;
    int receive_buffer = 0;
};

/// The client's side of a WebSocket, which says exactly what a test wants.
class Client {
public:
    /// Connects, and holds the handshake.
    explicit Client(const Server& server, const ClientOptions& options = {});
    /// Has entered too, and heard who is there.
    Client(const Server& server, const std::string& name, const ClientOptions& options = {});

    void send(std::string_view json);
    void ask(const json& request);
    /// The next message.
    json hear();
    /// Reads until a message that has all members of `part`.
    json hear_until(const json& part);
    /// Reads until the close frame; its code.
    websocket::CloseCode hear_close();

    const test::HttpResponse& handshake() const noexcept { return handshake_; }
    /// Messages with "event" since the last "welcome", itself included.
    std::uint64_t received() const noexcept { return received_; }
    const std::string& token() const noexcept { return token_; }
    ClientSocket& socket() noexcept { return socket_; }

private:
    void receive_frame();

    ClientSocket socket_;
    websocket::Stream stream_;
    test::HttpResponse handshake_;
    std::uint64_t received_ = 0;
    std::string token_;
};

/// The handshake's request; `fields` are whole lines.
std::string handshake_request(const std::string& fields = {});

} // namespace tern::conformance::web
