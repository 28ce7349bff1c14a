// The ceiling of the HTTP benchmark: a bare epoll loop that parses nothing and answers every
// read with the same bytes. No real server on this machine can be faster under the same load.
//
// Usage: bench-ceiling PORT_FILE BODY_FILE

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string response_with(const char* body_file) {
    std::ifstream file(body_file, std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nContent-Type: application/octet-stream\r\n\r\n" + body;
}

int listen_on_any_port(const char* port_file) {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const int on = 1;
    ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), length);
    ::listen(listener, 1024);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    std::ofstream(port_file) << "http 127.0.0.1 " << ntohs(address.sin_port) << '\n';
    return listener;
}

void watch(int epoll, int descriptor, std::uint32_t events) {
    epoll_event event = {};
    event.events = events;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

} // namespace

int main(int, char** argv) {
    const std::string response = response_with(argv[2]);
    const int epoll = ::epoll_create1(0);
    const int listener = listen_on_any_port(argv[1]);
    watch(epoll, listener, EPOLLIN);
    std::array<epoll_event, 256> events;
    std::array<char, 4096> request;
    for (;;) {
        const int count = ::epoll_wait(epoll, events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
            if (descriptor == listener) {
                watch(epoll, ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK),
                      EPOLLIN | EPOLLET);
            } else if (::recv(descriptor, request.data(), request.size(), 0) <= 0 ||
                       ::send(descriptor, response.data(), response.size(), MSG_NOSIGNAL) < 0) {
                ::close(descriptor);
            }
        }
    }
}
