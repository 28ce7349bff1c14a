#include "common/net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace tern::net {
namespace {

bool is_mapped_ipv4(const std::array<std::uint8_t, 16>& bytes) noexcept {
    static constexpr std::array<std::uint8_t, 12> prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

socklen_t unix_length(std::size_t path_size) noexcept {
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_size);
}

std::uint32_t scope_from(const std::string& name) noexcept {
    const unsigned index = if_nametoindex(name.c_str());
    return index != 0 ? index : static_cast<std::uint32_t>(std::strtoul(name.c_str(), nullptr, 10));
}

} // namespace

Result<Address> Address::parse(std::string_view text, std::uint16_t port) {
    Address address;
    address.port_ = port;
    if (text.starts_with('/') || text.starts_with('@')) {
        if (text.size() >= sizeof(sockaddr_un::sun_path))
            return std::make_error_code(std::errc::filename_too_long);
        address.family_ = AF_UNIX;
        address.port_ = 0;
        address.path_ = text;
        return address;
    }
    const std::size_t percent = text.find('%');
    const std::string number(text.substr(0, percent));
    if (inet_pton(AF_INET, number.c_str(), address.bytes_.data()) == 1 &&
        percent == std::string_view::npos) {
        address.family_ = AF_INET;
        return address;
    }
    if (inet_pton(AF_INET6, number.c_str(), address.bytes_.data()) != 1)
        return std::make_error_code(std::errc::invalid_argument);
    address.family_ = AF_INET6;
    if (percent != std::string_view::npos)
        address.scope_ = scope_from(std::string(text.substr(percent + 1)));
    return address;
}

Address Address::from(const sockaddr_storage& storage, socklen_t length) noexcept {
    Address address;
    address.family_ = storage.ss_family;
    if (storage.ss_family == AF_INET) {
        sockaddr_in in;
        std::memcpy(&in, &storage, sizeof in);
        address.port_ = ntohs(in.sin_port);
        std::memcpy(address.bytes_.data(), &in.sin_addr, sizeof in.sin_addr);
    } else if (storage.ss_family == AF_INET6) {
        sockaddr_in6 in;
        std::memcpy(&in, &storage, sizeof in);
        address.port_ = ntohs(in.sin6_port);
        address.scope_ = in.sin6_scope_id;
        std::memcpy(address.bytes_.data(), &in.sin6_addr, sizeof in.sin6_addr);
    } else if (length > unix_length(0)) {
        sockaddr_un un;
        std::memcpy(&un, &storage, sizeof un);
        const std::size_t size = std::min<std::size_t>(length - unix_length(0), sizeof un.sun_path);
        address.path_.assign(un.sun_path, size);
        if (address.path_.starts_with('\0')) // an abstract name, in the kernel's spelling
            address.path_.front() = '@';
        else
            address.path_.resize(strnlen(un.sun_path, size));
    }
    return address;
}

socklen_t Address::store(sockaddr_storage& storage) const noexcept {
    storage = {};
    storage.ss_family = family_;
    if (family_ == AF_INET) {
        sockaddr_in in = {};
        in.sin_family = AF_INET;
        in.sin_port = htons(port_);
        std::memcpy(&in.sin_addr, bytes_.data(), sizeof in.sin_addr);
        std::memcpy(&storage, &in, sizeof in);
        return sizeof in;
    }
    if (family_ == AF_INET6) {
        sockaddr_in6 in = {};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port_);
        in.sin6_scope_id = scope_;
        std::memcpy(&in.sin6_addr, bytes_.data(), sizeof in.sin6_addr);
        std::memcpy(&storage, &in, sizeof in);
        return sizeof in;
    }
    sockaddr_un un = {};
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, path_.data(), path_.size());
    const bool abstract = path_.starts_with('@');
    if (abstract)
        un.sun_path[0] = '\0';
    std::memcpy(&storage, &un, sizeof un);
    return unix_length(path_.size() + (abstract ? 0 : 1));
}

std::string Address::host() const {
    if (family_ != AF_INET && family_ != AF_INET6)
        return path_.empty() ? "unix" : path_;
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(family_, bytes_.data(), text, sizeof text);
    std::string host = text;
    if (scope_ != 0)
        host += '%' + std::to_string(scope_);
    return host;
}

std::string Address::to_string() const {
    if (family_ == AF_INET)
        return host() + ':' + std::to_string(port_);
    if (family_ == AF_INET6)
        return '[' + host() + "]:" + std::to_string(port_);
    return host();
}

std::uint64_t Address::limit_key() const noexcept {
    const bool mapped = family_ == AF_INET6 && is_mapped_ipv4(bytes_);
    if (family_ == AF_INET || mapped) {
        std::uint32_t number = 0;
        std::memcpy(&number, bytes_.data() + (mapped ? 12 : 0), sizeof number);
        return (std::uint64_t{1} << 63) | number;
    }
    if (family_ != AF_INET6)
        return 0;
    std::uint64_t prefix = 0;
    std::memcpy(&prefix, bytes_.data(), sizeof prefix);
    return prefix != 0 ? prefix : 1; // 0 means no limit, and ::1 is in the network of all zeros
}

} // namespace tern::net
