#include "clients/chat/datagram_link.h"

#include "common/base/result.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tern::chat_client {
namespace {

constexpr std::size_t token_size = 16;
constexpr auto time_for_token = std::chrono::seconds(2);
constexpr auto time_between_questions = std::chrono::seconds(20);
constexpr unsigned most_unanswered = 4;

/// The server's answer is shorter than what it answers.
std::string question() {
    constexpr std::size_t enough = 256;
    std::string text = "hello";
    text.resize(enough, ' ');
    return text;
}

bool is_digit(char letter) noexcept {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

/// Where a token begins; npos if there is none.
std::size_t find_token(std::string_view text) noexcept {
    std::size_t run = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size() && is_digit(text[at])) {
            ++run;
            continue;
        }
        if (run == token_size)
            return at - token_size;
        run = 0;
    }
    return std::string_view::npos;
}

std::string without(std::string_view text, std::string_view token) {
    std::string result(text);
    for (std::size_t at = result.find(token); at != result.npos; at = result.find(token, at))
        result.erase(at, token.size());
    return result;
}

} // namespace

std::optional<std::string> TokenFinder::find_first(std::string_view answer) {
    const std::size_t at = find_token(answer);
    if (at == answer.npos)
        return std::nullopt;
    const std::string token(answer.substr(at, token_size));
    template_ = without(answer, token);
    return token;
}

std::optional<std::string> TokenFinder::find_again(std::string_view answer) const {
    const std::size_t at = find_token(answer);
    if (at == answer.npos)
        return std::nullopt;
    const std::string token(answer.substr(at, token_size));
    const std::string around = without(answer, token);
    if (around != template_ && around != "\n") // alone, where the words had no room
        return std::nullopt;
    return token;
}

DatagramLink::DatagramLink(const net::Address& address, Clock::time_point now)
    : socket_(::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      name_(address.to_string()), deadline_(now + time_for_token) {
    sockaddr_storage storage = {};
    const socklen_t size = address.store(storage);
    if (!socket_ ||
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0)
        throw std::system_error(last_error(), name_);
    transmit(question());
}

void DatagramLink::transmit(std::string_view text) {
    const ssize_t sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == ECONNREFUSED)
        close(name_ + ": nobody listens there");
}

void DatagramLink::send(std::string_view line) { transmit(token_ + ' ' + std::string(line)); }

void DatagramLink::advance(Clock::time_point now) {
    std::array<char, 65536> buffer;
    for (unsigned reads = 0; reads < 64 && state() != State::closed; ++reads) {
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == ECONNREFUSED)
            return close(name_ + ": nobody listens there");
        if (size < 0)
            break;
        take({buffer.data(), static_cast<std::size_t>(size)}, now);
    }
    if (state() != State::closed && now >= deadline_)
        come_too_late(now);
}

void DatagramLink::take(std::string_view datagram, Clock::time_point now) {
    unanswered_ = 0;
    if (state() == State::opening) {
        const std::optional<std::string> token = finder_.find_first(datagram);
        if (!token)
            return;
        token_ = *token;
        deadline_ = now + time_between_questions;
        return open();
    }
    if (const std::optional<std::string> token = finder_.find_again(datagram)) {
        if (*token != token_)
            close("the server does not know this client any more");
        return;
    }
    if (expects_pong_ && datagram == "pong\n") {
        expects_pong_ = false;
        return;
    }
    received_ += datagram;
    if (!datagram.ends_with('\n'))
        received_ += '\n';
}

/// What was sent, or the answer, may be lost.
void DatagramLink::come_too_late(Clock::time_point now) {
    if (unanswered_ >= most_unanswered)
        return close(name_ + ": no answer");
    if (state() == State::opening) {
        ++unanswered_;
        deadline_ = now + time_for_token;
        return transmit(question());
    }
    deadline_ = now + time_between_questions;
    if (!asks_)
        return;
    ++unanswered_;
    expects_pong_ = true;
    send("/ping");
}

} // namespace tern::chat_client
