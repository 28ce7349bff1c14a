// TLS peers that stop in the middle: they are waited for, which costs nothing, and then given up.

#include "tests/conformance/ftp/ftp_server.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace tern::conformance::ftp;
using std::chrono::steady_clock;

namespace {

/// The server's processor time from one moment on, compared with the time that goes by.
class Cost {
public:
    explicit Cost(Server& server)
        : process_(server.process().pid()), used_(tern::test::processor_time_of(process_)),
          begun_(steady_clock::now()) {}

    /// A server that turns in circles takes all the time of a processor.
    bool is_small() const {
        return 2 * (tern::test::processor_time_of(process_) - used_) < steady_clock::now() - begun_;
    }

private:
    const pid_t process_;
    const std::chrono::milliseconds used_;
    const steady_clock::time_point begun_;
};

/// The beginning of a ClientHello that would have 512 bytes.
const std::string half_a_hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03half", 15);

} // namespace

TEST_SUITE("ftp/half_dead") {
    TEST_CASE("half a handshake costs no processor time, and ends with the time for logins") {
        if (!encrypted())
            return;
        Server server({"limits.login_timeout_s=1"});
        ClientSocket peer(server.endpoint(), SocketOptions{false});
        peer.send_all(half_a_hello);
        const Cost cost(server);
        peer.wait_for_the_end();
        CHECK(cost.is_small());
    }

    TEST_CASE("data connections that stop in their handshake cost none either") {
        if (!encrypted())
            return;
        Server server({"limits.data_stall_timeout_s=0.5"});
        Client client(server);
        client.log_in();
        for (const char* const command : {"STOR file", "RETR half"}) {
            tern::test::write_file(server.home() / "half", "content");
            tern::test::Endpoint endpoint = server.endpoint();
            const std::string reply = client.ask("EPSV").text;
            endpoint.port =
                static_cast<std::uint16_t>(std::stoul(reply.substr(reply.find('(') + 4)));
            ClientSocket peer(endpoint, SocketOptions{false});
            CHECK(client.ask(command).code == 150);
            peer.send_all(half_a_hello);
            const Cost cost(server);
            CHECK(client.hear().code == 426);
            CHECK(cost.is_small());
            peer.wait_for_the_end();
        }
        CHECK(server.names() == std::vector<std::string>{"half"});
        CHECK(client.ask("NOOP").code == 200);
    }

    TEST_CASE("a reader that stops costs none, and its session lives on") {
        Server server({"limits.data_stall_timeout_s=1"});
        tern::test::write_file(server.home() / "large", std::string(16'000'000, 'x'));
        Client client(server);
        client.log_in();
        CHECK(tern::test::eventually([&] {
            ClientSocket data = client.open_data();
            CHECK(client.ask("RETR large").code == 150);
            try {
                CHECK(data.read_exactly(1000) == std::string(1000, 'x'));
            } catch (const tern::test::ConnectionLost&) { // a busy machine: try again
                CHECK(client.hear().code == 426);
                return false;
            }
            const Cost cost(server);
            CHECK(client.hear().code == 426);
            CHECK(cost.is_small());
            return true;
        }));
        CHECK(client.ask("NOOP").code == 200);
    }
}
