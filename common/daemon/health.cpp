#include "common/daemon/health.h"

#include "common/base/clock.h"
#include "common/base/escape.h"
#include "common/base/unique_fd.h"
#include "common/daemon/port_file.h"
#include "common/net/address.h"
#include "common/net/tls_probe.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tern::daemon {
namespace {

using nlohmann::json;

/// What one listener is asked.
struct Question {
    net::Address address;
    bool is_datagram = false;
    bool is_encrypted = false;
    Greeting greeting;
};

/// The answer may come in pieces, but an endless one is none.
constexpr std::size_t longest_answer = 4096;

/// A connection that blocks, for so long as its socket's timeouts allow.
class Asking {
public:
    Asking(const Question& question, std::chrono::seconds patience)
        : socket_(::socket(question.address.family(),
                           (question.is_datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0)) {
        if (!socket_)
            throw std::system_error(last_error());
        const timeval limit = {patience.count(), 0};
        for (const int direction : {SO_RCVTIMEO, SO_SNDTIMEO}) // the latter is connect's, too
            if (::setsockopt(socket_.get(), SOL_SOCKET, direction, &limit, sizeof limit) != 0)
                throw std::system_error(last_error());
    }

    Result<void> connect(const Question& question) {
        sockaddr_storage storage = {};
        const socklen_t length = question.address.store(storage);
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0)
            return explained();
        if (!question.is_encrypted)
            return {};
        return tls_.emplace(socket_.get()).handshake();
    }

    Result<void> write(std::string_view text) {
        if (tls_)
            return tls_->write(text);
        if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) < 0)
            return explained();
        return {};
    }

    Result<std::size_t> read(std::span<char> into) {
        if (tls_)
            return tls_->read(into);
        const ssize_t count = ::recv(socket_.get(), into.data(), into.size(), 0);
        if (count < 0)
            return explained();
        if (count == 0)
            return make_error_code(Condition::closed);
        return static_cast<std::size_t>(count);
    }

private:
    static std::error_code explained() {
        const std::error_code error = last_error();
        const bool is_late = error == std::errc::resource_unavailable_try_again ||
                             error == std::errc::operation_in_progress; // of connect
        return is_late ? make_error_code(Condition::timed_out) : error;
    }

    UniqueFd socket_;
    std::optional<net::TlsProbe> tls_;
};

bool is_expected(const Greeting& greeting, std::string_view answer) {
    return std::any_of(greeting.expect.begin(), greeting.expect.end(),
                       [&](const auto& beginning) { return answer.starts_with(beginning); });
}

/// Reads until the first line is whole; a datagram is one as it is.
Result<std::string> first_line(Asking& asking, const Question& question, Clock::time_point end) {
    std::string answer;
    while (answer.size() < longest_answer && Clock::now() < end) {
        std::array<char, 1024> piece;
        const Result<std::size_t> count = asking.read(piece);
        if (!count)
            return count.error();
        answer.append(piece.data(), *count);
        if (question.is_datagram || answer.find('\n') != std::string::npos)
            return answer.substr(0, answer.find_first_of("\r\n"));
    }
    return make_error_code(Condition::timed_out);
}

/// Throws std::runtime_error that says what is wrong.
void ask(const Question& question, std::chrono::seconds patience) {
    const Clock::time_point end = Clock::now() + patience;
    Asking asking(question, patience);
    Result<void> done = asking.connect(question);
    if (done && !question.greeting.say.empty())
        done = asking.write(question.greeting.say);
    if (!done)
        throw std::runtime_error(done.error().message());
    const Result<std::string> answer = first_line(asking, question, end);
    if (!answer)
        throw std::runtime_error(answer.error().message());
    if (!is_expected(question.greeting, *answer))
        throw std::runtime_error(
            fmt::format("the answer is \"{}\"", printable(answer->substr(0, 80))));
}

net::Address reachable(const Configuration& configuration, const std::string& pointer,
                       const std::string& address, std::uint16_t port) {
    const std::string host = address == "0.0.0.0" ? "127.0.0.1" : address == "::" ? "::1" : address;
    const Result<net::Address> parsed = net::Address::parse(host, port);
    if (!parsed)
        throw configuration.error(
            pointer + "/address",
            fmt::format("found \"{}\", allowed: an address in numbers, or a Unix socket's path",
                        address));
    if (port == 0 && parsed->family() != AF_UNIX)
        throw configuration.error(pointer + "/port", "found 0, allowed with --health: a port, or "
                                                     "--port-file with the one that was chosen");
    return *parsed;
}

} // namespace

std::size_t check_health(const Configuration& configuration, const GreetingOf& greeting_of,
                         const std::filesystem::path& port_file, std::chrono::seconds patience) {
    std::map<std::string, std::uint16_t> chosen;
    if (!port_file.empty())
        chosen = read_port_file(port_file);
    std::size_t count = 0;
    for (const json& listener : configuration.effective().at("listeners")) {
        const auto name = listener.at("name").get<std::string>();
        const auto known = chosen.find(name);
        Question question;
        question.address = reachable(
            configuration, fmt::format("/listeners/{}", count++),
            listener.at("address").get<std::string>(),
            known == chosen.end() ? listener.at("port").get<std::uint16_t>() : known->second);
        question.is_datagram = listener.value("protocol", "") == "udp";
        question.is_encrypted = !listener.at("tls").is_null();
        question.greeting = greeting_of(listener);
        try {
            ask(question, patience);
        } catch (const std::exception& error) {
            throw std::runtime_error(fmt::format("health: {} {}: {}", printable(name),
                                                 printable(question.address.to_string()),
                                                 error.what()));
        }
    }
    return count;
}

} // namespace tern::daemon
