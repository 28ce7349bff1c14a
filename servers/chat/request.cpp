#include "servers/chat/request.h"

#include <array>
#include <charconv>
#include <cstring>

namespace tern::chat {
namespace {

// Both ends are the same binary, so numbers travel in the machine's own byte order.
constexpr std::size_t texts = 4;
using Lengths = std::array<std::uint32_t, texts>;
constexpr std::size_t header_size = 1 + sizeof(std::uint64_t) + sizeof(Lengths);

} // namespace

std::string encode(const Request& request) {
    const std::array<std::string_view, texts> parts = {request.label, request.room, request.target,
                                                       request.text};
    Lengths lengths{};
    std::size_t size = header_size;
    for (std::size_t i = 0; i < texts; ++i) {
        lengths[i] = static_cast<std::uint32_t>(parts[i].size());
        size += parts[i].size();
    }
    std::string bytes;
    bytes.reserve(size);
    bytes += static_cast<char>(request.kind);
    bytes.append(reinterpret_cast<const char*>(&request.number), sizeof request.number);
    bytes.append(reinterpret_cast<const char*>(lengths.data()), sizeof lengths);
    for (const std::string_view part : parts)
        bytes += part;
    return bytes;
}

std::uint64_t number_from(std::string_view text) noexcept {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::optional<Request> decode_request(std::string_view bytes) {
    if (bytes.size() < header_size)
        return std::nullopt;
    Request request;
    request.kind = static_cast<Request::Kind>(bytes.front());
    if (request.kind < Request::Kind::hello ||
        static_cast<std::size_t>(request.kind) >= Request::kinds)
        return std::nullopt;
    Lengths lengths{};
    std::memcpy(&request.number, bytes.data() + 1, sizeof request.number);
    std::memcpy(lengths.data(), bytes.data() + 1 + sizeof request.number, sizeof lengths);
    bytes.remove_prefix(header_size);
    const std::array<std::string_view*, texts> parts = {&request.label, &request.room,
                                                        &request.target, &request.text};
    for (std::size_t i = 0; i < texts; ++i) {
        if (lengths[i] > bytes.size())
            return std::nullopt;
        *parts[i] = bytes.substr(0, lengths[i]);
        bytes.remove_prefix(lengths[i]);
    }
    if (!bytes.empty())
        return std::nullopt;
    return request;
}

void append_request(std::string& requests, const Request& request) {
    const std::string bytes = encode(request);
    const auto size = static_cast<std::uint32_t>(bytes.size());
    requests.append(reinterpret_cast<const char*>(&size), sizeof size).append(bytes);
}

std::optional<Request> take_request(std::string_view& requests) {
    std::uint32_t size = 0;
    if (requests.size() < sizeof size)
        return std::nullopt;
    std::memcpy(&size, requests.data(), sizeof size);
    requests.remove_prefix(sizeof size);
    const std::string_view bytes = requests.substr(0, size);
    requests.remove_prefix(bytes.size());
    return decode_request(bytes);
}

} // namespace tern::chat
