#pragma once
// tern-ftpd under test, with the strategy and the transport that this run is about; and a client
// that says exactly what a test wants.

#include "tests/conformance/matrix/run.h"
#include "tests/harness/certificate.h"
#include "tests/harness/client_socket.h"
#include "tests/harness/process_facts.h"
#include "tests/harness/server_process.h"
#include "tests/harness/temporary_folder.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::conformance::ftp {

using conformance::encrypted;
using conformance::model;
using test::ClientSocket;
using test::SocketOptions;

/// Whether a plain control connection may become an encrypted one.
enum class AuthTls : bool { no, yes };

/// With the user "bob", password "secret", whose home is writable, and an anonymous library.
class Server {
public:
    explicit Server(const std::vector<std::string>& settings = {}, AuthTls auth_tls = AuthTls::no);

    const test::Endpoint& endpoint() const { return process_->endpoint("main"); }
    test::ServerProcess& process() noexcept { return *process_; }
    /// But for threads, of which those that hash passwords stay.
    test::Possessions possessions() const {
        test::Possessions all = test::possessions_of(process_->pid());
        all.threads = 0;
        return all;
    }
    std::filesystem::path home() const { return folder_ / "home"; }
    std::filesystem::path library() const { return folder_ / "library"; }
    std::filesystem::path configuration() const { return folder_ / "ftp.json"; }
    /// The names in bob's home, hidden ones too, in order.
    std::vector<std::string> names() const;

private:
    test::TemporaryFolder folder_;
    std::optional<test::ServerProcess> process_;
};

struct Reply {
    int code = 0;
    std::string text; ///< of all lines, with their codes
};

class Client {
public:
    /// Connects and hears the greeting.
    explicit Client(const Server& server);

    /// Sends a line and reads its reply.
    Reply ask(const std::string& command);
    void say(const std::string& command) { control_.send_all(command + "\r\n"); }
    Reply hear();
    void log_in(const std::string& name = "bob", const std::string& password = "secret");

    /// Opens a data connection by EPSV; `source` is where it comes from.
    ClientSocket open_data(const std::string& source = "");
    /// By the reply of PASV or EPSV.
    ClientSocket connect_data(const Reply& reply, const std::string& source = "") const;

    /// A whole transfer. The last reply is left to the caller.
    std::string download(const std::string& command);
    /// Returns the last reply.
    Reply upload(const std::string& command, std::string_view content);

    ClientSocket& control() noexcept { return control_; }
    /// By AUTH TLS, with protected data from now on.
    void begin_tls();

private:
    test::Endpoint endpoint_;
    ClientSocket control_;
    bool protects_data_;
};

} // namespace tern::conformance::ftp
