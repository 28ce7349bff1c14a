// What sessions and forked children tell the hub, and what the journal keeps: any bytes are decoded
// or refused, what is decoded is encoded to the same bytes, and the hub survives any request.

#include "common/hub/hub_frame.h"
#include "servers/chat/journal_record.h"
#include "tests/fuzz/fuzzed_chat.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace tern;
using chat::Door;
using fuzz::FuzzedChat;
using fuzz::require;

/// The first byte says who asks, the next two how long the request is.
void ask(std::string_view input) {
    FuzzedChat chat(FuzzedChat::Reader::nobody);
    const std::array members = {chat.come(Door::line), chat.come(Door::irc), chat.come(Door::web)};
    while (input.size() >= 3) {
        const Member who = members[static_cast<unsigned char>(input.front()) % members.size()];
        std::uint16_t size = 0;
        std::memcpy(&size, input.data() + 1, sizeof size);
        input.remove_prefix(3);
        const std::string_view request = input.substr(0, size);
        input.remove_prefix(request.size());
        chat.tell(who, request);
    }
    chat.end();
}

std::string bytes_of(const chat::JournalRecord& record) {
    std::string bytes;
    std::visit(
        [&](const auto& content) { chat::encode_journal_record(record.room, content, bytes); },
        record.content);
    return bytes;
}

void check_codecs(std::string_view input) {
    if (const auto request = chat::decode_request(input))
        require(chat::encode(*request) == input);
    if (const auto frame = decode_hub_frame(input))
        require(encode(frame->kind, frame->members, frame->message) == input);
    if (const auto record = chat::decode_journal_record(input)) {
        const std::string bytes = bytes_of(*record);
        const auto same = chat::decode_journal_record(bytes);
        require(same && bytes_of(*same) == bytes);
    }
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check_codecs(input);
    ask(input);
    return 0;
}
