#include "tools/bench/chat_load/client.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t receive_size = 512 << 10;
constexpr std::uint32_t timer_index = UINT32_MAX;
constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;

void set(int descriptor, int level, int option, int value) {
    if (::setsockopt(descriptor, level, option, &value, sizeof value) != 0)
        fail("setsockopt");
}

} // namespace

std::uint64_t now() noexcept {
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * nanoseconds_per_second +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void fail(const std::string& why) {
    const std::string reason = std::system_category().message(errno);
    std::fprintf(stderr, "bench-chat: %s: %s\n", why.c_str(), reason.c_str());
    std::exit(1);
}

Client::Client(std::uint16_t port, int receive_buffer)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (receive_buffer > 0)
        set(descriptor_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        fail("connect");
    set(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
    // Ends without TIME_WAIT: there are more clients than spare ports.
    const linger abort = {1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    ::fcntl(descriptor_, F_SETFL, O_NONBLOCK);
}

Client::~Client() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Client::Client(Client&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), output_(std::move(other.output_)),
      begun_(std::move(other.begun_)) {}

bool Client::flush() {
    while (!output_.empty()) {
        const ssize_t sent = ::send(descriptor_, output_.data(), output_.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        if (sent < 0)
            fail("send");
        output_.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
}

std::vector<char>& Client::scratch() {
    static std::vector<char> buffer(receive_size + (64 << 10));
    return buffer;
}

/// How many bytes lie there, the beginning of a line included; nothing if the connection is over.
std::optional<std::size_t> Client::receive_into_scratch() {
    std::vector<char>& buffer = scratch();
    if (begun_.size() + receive_size > buffer.size())
        fail("a line without end");
    std::memcpy(buffer.data(), begun_.data(), begun_.size());
    const ssize_t size = ::recv(descriptor_, buffer.data() + begun_.size(), receive_size, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return begun_.size();
    if (size <= 0)
        return std::nullopt;
    return begun_.size() + static_cast<std::size_t>(size);
}

Loop::Loop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    watch(timer_, timer_index);
}

Loop::~Loop() {
    ::close(timer_);
    ::close(epoll_);
}

void Loop::watch(int descriptor, std::uint32_t index, bool for_writing) {
    epoll_event event = {};
    event.events = EPOLLIN | (for_writing ? EPOLLOUT : 0U);
    event.data.u32 = index;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
        fail("epoll_ctl");
}

void Loop::rewatch(int descriptor, std::uint32_t index, bool for_writing) {
    epoll_event event = {};
    event.events = EPOLLIN | (for_writing ? EPOLLOUT : 0U);
    event.data.u32 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Loop::forget(int descriptor) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr); }

void Loop::wait(std::uint64_t deadline, const std::function<void(std::uint32_t)>& ready) {
    if (deadline != timer_is_set_to_) {
        itimerspec alarm = {};
        alarm.it_value.tv_sec = static_cast<time_t>(deadline / nanoseconds_per_second);
        alarm.it_value.tv_nsec = static_cast<long>(deadline % nanoseconds_per_second);
        ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &alarm, nullptr);
        timer_is_set_to_ = deadline;
    }
    std::array<epoll_event, 512> events;
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
        const std::uint32_t index = events.at(static_cast<std::size_t>(i)).data.u32;
        if (index != timer_index) {
            ready(index);
            continue;
        }
        std::uint64_t expirations = 0;
        if (::read(timer_, &expirations, sizeof expirations) > 0)
            timer_is_set_to_ = 0;
    }
}

} // namespace bench
