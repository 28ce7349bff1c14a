#include "common/net/read_through.h"

#include <array>
#include <memory>

namespace tern::net {

Task<std::string> read_through(Connection& connection, std::string_view end, std::size_t longest,
                               Clock::time_point deadline) {
    std::string text;
    const auto piece = std::make_unique<std::array<char, 4096>>();
    while (text.size() < longest) {
        const Result<std::size_t> bytes = co_await connection.read(*piece, deadline);
        if (!bytes)
            break;
        text.append(piece->data(), *bytes);
        const std::size_t place = text.find(end);
        if (place != std::string::npos) {
            text.resize(place + end.size());
            co_return text;
        }
    }
    co_return std::string();
}

} // namespace tern::net
