// Feeds bytes to a WebSocket's both ends, whole and in pieces, which must make no difference.

#include "common/protocol/chat/text.h"
#include "common/protocol/websocket/deflate.h"
#include "common/protocol/websocket/stream.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tern::websocket;

constexpr std::size_t longest_message = 4096;

void require(bool condition) {
    if (!condition)
        std::abort();
}

struct Result {
    std::string messages, output;
    bool has_ended = false;
    CloseCode code = CloseCode::none;
};

bool is_refusal(const Result& result) noexcept {
    return result.code == CloseCode::protocol_error || result.code == CloseCode::invalid_data;
}

/// Messages are the same. What is said may not be once there is a close: wslay drops answers that
/// still wait then, and looks at the close's reason early if it comes in one piece.
bool agree(const Result& whole, const Result& pieces) {
    if (whole.messages != pieces.messages)
        return false;
    if (whole.has_ended)
        return pieces.has_ended || is_refusal(whole);
    return !pieces.has_ended && whole.output == pieces.output;
}

Result feed(std::string_view wire, std::size_t step, const StreamSettings& settings) {
    Stream stream(settings);
    Result result;
    for (std::size_t at = 0; at < wire.size(); at += step) {
        stream.receive(wire.substr(at, step));
        while (const auto message = stream.next_message()) {
            require(message->content.size() <= longest_message);
            require(!message->is_text ||
                    tern::chat::fault_of(message->content) != tern::chat::TextFault::not_utf8);
            result.messages.append(message->content).append("|");
        }
    }
    result.output = stream.output();
    result.has_ended = stream.has_ended();
    result.code = stream.code();
    return result;
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (bytes.empty())
        return 0;
    using Role = StreamSettings::Role;
    const bool deflates = (bytes[0] & 1) != 0;
    const Role role = (bytes[0] & 2) != 0 ? Role::client : Role::server;
    const StreamSettings settings = {role, deflates, longest_message};
    const std::string_view wire = bytes.substr(1);
    const Result whole = feed(wire, std::max<std::size_t>(wire.size(), 1), settings);
    require(agree(whole, feed(wire, 1, settings)));
    std::string inflated;
    inflate(wire, longest_message, inflated);
    require(inflated.size() <= longest_message);
    return 0;
}
