// What the FTP benchmark does to a server: sessions that log in and out, or that move files, each
// on a thread of its own with blocking sockets. It prints how many there were, of how many bytes,
// and in how many seconds.
//
// Usage: bench-ftp-load PORT CLIENTS SECONDS ROUNDS USER PASSWORD COMMAND...
//
// Without COMMAND each client connects, logs in and leaves, for SECONDS. With some it logs in once
// and gives them ROUNDS times (0: for SECONDS): "STOR name size", "LIST path" and "RETR name" with
// a data connection each; in names, # is the number of the round and @ that of the client.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Load {
    std::uint16_t port;
    unsigned clients;
    double seconds;
    unsigned rounds;
    std::string user;
    std::string password;
    std::vector<std::string> commands;
};

std::atomic<std::uint64_t> operations = 0;
std::atomic<std::uint64_t> bytes_moved = 0;

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("connect");
    return socket;
}

class Client {
public:
    explicit Client(const Load& load) : socket_(connect_to(load.port)) {
        expect('2');
        command("USER " + load.user);
        if (hear().front() == '3')
            ask("PASS " + load.password, '2');
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    void ask(const std::string& line, char kind) {
        command(line);
        expect(kind);
    }

    void transfer(const std::string& line) {
        command("EPSV");
        const std::string reply = hear();
        const std::size_t at = reply.find("|||");
        if (at == std::string::npos)
            throw std::runtime_error(reply);
        const int data = connect_to(static_cast<std::uint16_t>(std::stoul(reply.substr(at + 3))));
        const bool up = line.starts_with("STOR");
        const std::size_t size_at = up ? line.rfind(' ') : std::string::npos;
        ask(line.substr(0, size_at), '1');
        if (up)
            send(data, std::stoull(line.substr(size_at + 1)));
        else
            receive(data);
        ::close(data);
        expect('2');
    }

private:
    void command(const std::string& line) const {
        const std::string text = line + "\r\n";
        if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0)
            throw std::runtime_error("send");
    }

    /// A whole reply; its last line has a blank behind the code.
    std::string hear() {
        for (;;) {
            const std::size_t end = received_.find("\r\n");
            if (end != std::string::npos) {
                const std::string line = received_.substr(0, end);
                received_.erase(0, end + 2);
                if (line.size() > 3 && line[3] == ' ' && line[0] >= '1' && line[0] <= '5')
                    return line;
                continue;
            }
            char some[2048];
            const ssize_t got = ::recv(socket_, some, sizeof some, 0);
            if (got <= 0)
                throw std::runtime_error("the server has gone");
            received_.append(some, static_cast<std::size_t>(got));
        }
    }

    void expect(char kind) {
        const std::string reply = hear();
        if (reply.front() != kind)
            throw std::runtime_error(reply);
    }

    static void send(int data, std::uint64_t left) {
        static const std::string zeros(1 << 18, '\0');
        bytes_moved += left;
        while (left > 0) {
            const ssize_t sent = ::send(data, zeros.data(),
                                        std::min<std::uint64_t>(left, zeros.size()), MSG_NOSIGNAL);
            if (sent <= 0)
                throw std::runtime_error("data send");
            left -= static_cast<std::uint64_t>(sent);
        }
    }

    /// The kernel throws the bytes away: the load shall cost as little as can be.
    static void receive(int data) {
        for (;;) {
            const ssize_t got = ::recv(data, nullptr, 1 << 20, MSG_TRUNC);
            if (got < 0)
                throw std::runtime_error("data recv");
            if (got == 0)
                return;
            bytes_moved += static_cast<std::uint64_t>(got);
        }
    }

    int socket_;
    std::string received_;
};

std::string filled_in(std::string line, unsigned round, unsigned client) {
    for (const auto& [mark, number] : {std::pair('#', round), std::pair('@', client)})
        for (std::size_t at = 0; (at = line.find(mark)) != std::string::npos;)
            line.replace(at, 1, std::to_string(number));
    return line;
}

void run_client(const Load& load, unsigned number, Clock::time_point end) {
    if (load.commands.empty()) {
        for (; Clock::now() < end; ++operations)
            Client(load).ask("QUIT", '2');
        return;
    }
    Client client(load);
    client.ask("TYPE I", '2');
    for (unsigned round = 0; load.rounds > 0 ? round < load.rounds : Clock::now() < end; ++round)
        for (const std::string& line : load.commands) {
            client.transfer(filled_in(line, round, number));
            ++operations;
        }
}

int run(const Load& load) {
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(load.seconds));
    std::atomic<bool> failed = false;
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < load.clients; ++i)
        threads.emplace_back([&load, &failed, i, end] {
            try {
                run_client(load, i, end);
            } catch (const std::exception& error) {
                if (!failed.exchange(true))
                    std::fprintf(stderr, "bench-ftp-load: %s\n", error.what());
            }
        });
    threads.clear();
    std::printf("%llu %llu %f\n", static_cast<unsigned long long>(operations),
                static_cast<unsigned long long>(bytes_moved),
                std::chrono::duration<double>(Clock::now() - begin).count());
    return failed ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 7)
        return 2;
    const std::vector<std::string> words(argv + 1, argv + argc);
    Load load{static_cast<std::uint16_t>(std::stoul(words[0])),
              static_cast<unsigned>(std::stoul(words[1])),
              std::stod(words[2]),
              static_cast<unsigned>(std::stoul(words[3])),
              words[4],
              words[5],
              {words.begin() + 6, words.end()}};
    return run(load);
}
