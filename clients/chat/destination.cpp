#include "clients/chat/destination.h"

#include <netdb.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace tern::chat_client {
namespace {

std::optional<std::uint16_t> port_from(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || last != end || port == 0)
        return std::nullopt;
    return port;
}

} // namespace

std::optional<Destination> destination_from(std::string_view text, std::uint16_t default_port) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == text.npos)
            return std::nullopt;
        host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && !port.starts_with(':'))
            return std::nullopt;
    } else if (text.find(':') == text.rfind(':')) { // otherwise it is IPv6 without a port
        host = text.substr(0, text.find(':'));
        port = text.substr(host.size());
    }
    Destination destination{std::string(host), default_port};
    if (!port.empty()) {
        const std::optional<std::uint16_t> number = port_from(port.substr(1));
        if (!number)
            return std::nullopt;
        destination.port = *number;
    }
    return host.empty() ? std::nullopt : std::optional(destination);
}

std::vector<net::Address> resolve(const Destination& destination) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(destination.port);
    const int error = ::getaddrinfo(destination.host.c_str(), port.c_str(), &hints, &found);
    if (error != 0)
        throw std::runtime_error(destination.host + ": " + ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
    std::vector<net::Address> addresses;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        sockaddr_storage storage = {};
        std::memcpy(&storage, entry->ai_addr, entry->ai_addrlen);
        addresses.push_back(net::Address::from(storage, entry->ai_addrlen));
    }
    return addresses;
}

} // namespace tern::chat_client
