#include "servers/chat/control_door.h"

#include "common/net/connection.h"
#include "servers/chat/administrator.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>
#include <system_error>
#include <utility>

namespace tern::chat {
namespace {

constexpr Clock::duration patience = std::chrono::seconds(2);
constexpr std::size_t longest_line = 65536;
constexpr std::string_view word = "announce ";

/// Up to the line's end; empty if none comes.
Task<std::string> read_line(net::Connection& connection) {
    const Clock::time_point deadline = connection.now() + patience;
    std::string line;
    const auto piece = std::make_unique<std::array<char, 4096>>();
    while (line.size() < longest_line) {
        const Result<std::size_t> bytes = co_await connection.read(*piece, deadline);
        if (!bytes)
            break;
        line.append(piece->data(), *bytes);
        const std::size_t end = line.find('\n');
        if (end != std::string::npos) {
            line.resize(end);
            co_return line;
        }
    }
    co_return std::string();
}

Task<void> serve_one(const DoorContext& context, net::Connection& connection,
                     Administrator& administrator) {
    const std::string line = co_await read_line(connection);
    if (!line.starts_with(word))
        co_return;
    std::string text = line.substr(word.size());
    context.log.info("announced: {}", text);
    const std::string answer = co_await administrator.announce(std::move(text));
    const Result<void> written = co_await connection.write(answer, patience);
    if (written)
        co_await connection.close(patience);
}

} // namespace

net::Listener control_listener(const std::string& path) {
    net::ListenerSettings settings;
    settings.name = "control";
    settings.address = path;
    const mode_t before = ::umask(S_IXUSR | S_IRWXG | S_IRWXO);
    try {
        net::Listener listener(settings);
        ::umask(before);
        return listener;
    } catch (...) {
        ::umask(before);
        throw;
    }
}

Task<void> serve_control(const DoorContext& context, const net::Listener& listener,
                         Runner& runner) {
    Session& session = co_await this_session();
    Administrator administrator(session, runner);
    while (!session.finish_requested()) {
        Result<net::Accepted> accepted = listener.accept();
        if (accepted) {
            net::Connection connection(session, listener.transport(std::move(accepted->socket)),
                                       net::Endpoints());
            co_await serve_one(context, connection, administrator);
            continue;
        }
        std::array<pollfd, 1> interests = {pollfd{listener.descriptor(), POLLIN, 0}};
        Wait wait;
        wait.interests = interests;
        if (accepted.error() != std::errc::operation_would_block) { // an exhausted machine
            wait.interests = {};
            wait.deadline = session.now() + patience;
        }
        co_await until(wait);
    }
    session.closing(listener.descriptor());
}

std::string announce(const std::string& path, std::string text) {
    const Result<net::Address> address = net::Address::parse(path, 0);
    if (!address)
        throw std::system_error(address.error(), path);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage storage = {};
    const socklen_t length = address->store(storage);
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        throw std::system_error(last_error(), path);
    std::replace(text.begin(), text.end(), '\n', ' ');
    const std::string line = std::string(word) + text + '\n';
    if (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(line.size()))
        throw std::system_error(last_error(), path);
    std::string answer;
    std::array<char, 4096> piece;
    for (ssize_t bytes = 0; (bytes = ::recv(socket.get(), piece.data(), piece.size(), 0)) > 0;)
        answer.append(piece.data(), static_cast<std::size_t>(bytes));
    return answer;
}

} // namespace tern::chat
