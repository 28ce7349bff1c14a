#include "servers/chat/control_door.h"

#include "common/net/read_through.h"
#include "common/net/serve_in_turn.h"
#include "servers/chat/administrator.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tern::chat {
namespace {

constexpr Clock::duration patience = std::chrono::seconds(2);
constexpr std::size_t longest_line = 65536;
constexpr std::string_view word = "announce ";
/// The answer's first letter; the rest is words.
constexpr char done = '+', refused = '-';

Task<void> serve_one(net::Connection& connection, Administrator& administrator) {
    const Clock::time_point deadline = connection.now() + patience;
    const std::string line = co_await net::read_through(connection, "\n", longest_line, deadline);
    if (!line.starts_with(word))
        co_return;
    std::string text = line.substr(word.size(), line.size() - word.size() - 1);
    const Administrator::Outcome given = co_await administrator.announce(std::move(text));
    const std::string answer = (given.is_done ? done : refused) + given.words;
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
    Administrator administrator(context, session, runner);
    const std::function<Task<void>(net::Connection&)> serve = [&](net::Connection& connection) {
        return serve_one(connection, administrator);
    };
    co_await net::serve_in_turn(listener, patience, serve);
}

Announcement announce(const std::string& path, std::string text) {
    const Result<net::Address> address = net::Address::parse(path, 0);
    if (!address)
        throw std::system_error(address.error(), path);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_storage storage = {};
    const socklen_t length = address->store(storage);
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
        throw std::system_error(last_error(), "no tern-chatd listens at " + path);
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter == '\r' || letter == '\n'; },
        ' ');
    const std::string line = std::string(word) + text + '\n';
    if (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(line.size()))
        throw std::system_error(last_error(), path);
    std::string answer;
    std::array<char, 4096> piece;
    for (ssize_t bytes = 0; (bytes = ::recv(socket.get(), piece.data(), piece.size(), 0)) > 0;)
        answer.append(piece.data(), static_cast<std::size_t>(bytes));
    if (answer.size() < 2)
        throw std::runtime_error("tern-chatd does not answer at " + path);
    return {answer.front() == done, answer.substr(1)};
}

} // namespace tern::chat
