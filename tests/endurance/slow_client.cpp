#include "tests/endurance/slow_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

namespace tern::endurance {
namespace {

using conformance::ClientSocket;
using conformance::SocketOptions;

ClientSocket connect(const conformance::Server& server, Slowness slowness) {
    SocketOptions options;
    if (slowness == Slowness::receiving || slowness == Slowness::disregarding)
        options.receive_buffer = 16384; // so that the server cannot send all of it at once
    if (slowness == Slowness::shaking)
        return ClientSocket(server.process().endpoint("main"), options);
    return server.connect(options);
}

std::string beginning(Slowness slowness) {
    switch (slowness) {
    case Slowness::shaking: // a record with a ClientHello of 512 bytes (RFC 8446 §5.1, §4)
        return {"\x16\x03\x01\x02\x00\x01", 6};
    case Slowness::heading:
        return "GET /text.txt HTTP/1.1\r\nHost: localhost\r\nX: ";
    case Slowness::sending:
        return "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";
    case Slowness::receiving:
    case Slowness::disregarding:
        break;
    }
    return "GET /10m.bin HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

} // namespace

SlowClient::SlowClient(const conformance::Server& server, Slowness slowness)
    : slowness_(slowness), socket_(connect(server, slowness)) {
    socket_.send_all(beginning(slowness));
}

bool SlowClient::go_on() try {
    if (slowness_ == Slowness::disregarding)
        return true;
    if (!take_a_few_bytes())
        return false;
    if (slowness_ != Slowness::receiving)
        socket_.send_all("a");
    return true;
} catch (const test::ConnectionLost&) {
    return false;
}

/// As they came: what they mean does not matter, with TLS either.
bool SlowClient::take_a_few_bytes() {
    std::array<char, 32> few;
    const ssize_t got = ::recv(socket_.descriptor(), few.data(), few.size(), MSG_DONTWAIT);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

Crowd::Crowd(const conformance::Server& server, std::size_t count,
             std::span<const Slowness> slownesses) {
    clients_.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        clients_.emplace_back(server, slownesses[i % slownesses.size()]);
}

Crowd::~Crowd() {
    for (SlowClient& client : clients_)
        client.leave();
}

void Crowd::go_on(std::size_t count) {
    for (count = std::min(count, clients_.size()); count > 0; --count) {
        next_ = next_ < clients_.size() ? next_ : 0;
        if (clients_[next_].go_on()) {
            ++next_;
            continue;
        }
        clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(next_));
    }
}

} // namespace tern::endurance
