// Feeds bytes to what takes IRC's lines apart, and what is in them, and writes them again.

#include "common/protocol/irc/capabilities.h"
#include "common/protocol/irc/history_request.h"
#include "common/protocol/irc/line_reader.h"
#include "common/protocol/irc/mask.h"
#include "common/protocol/irc/message.h"
#include "common/protocol/irc/message_writer.h"
#include "common/protocol/irc/mode_changes.h"
#include "common/protocol/irc/sasl.h"
#include "common/protocol/irc/target_list.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tern::irc;

constexpr std::array offered = {OfferedCapability{Capability::sasl, "sasl", "PLAIN"},
                                OfferedCapability{Capability::batch, "batch", {}}};
constexpr ModeKinds kinds = {"b", "k", "l", "imnst", "ov"};

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// Whatever is written is one line within its limit, and says the same when it is read.
void check_writer(const Message& message) {
    if (message.command.find_first_of("@:") == 0)
        return; // no command of ours
    std::string wire;
    append_message(wire, {message.tags, message.source, message.command}, message.parameters());
    require(wire.ends_with("\r\n"));
    wire.resize(wire.size() - 2);
    require(wire.find_first_of("\r\n") == std::string::npos);
    const std::size_t tags = message.tags.empty() ? 0 : message.tags.size() + 2;
    require(wire.size() - tags <= line_limit - 2);
    const auto again = parse_message(wire);
    require(again && again->tags == message.tags && again->count <= message.count);
}

void check_tags(std::string_view tags) {
    for (std::string_view left = tags; const auto tag = take_tag(left);) {
        std::string escaped;
        append_escaped(escaped, unescaped(tag->value));
        require(unescaped(escaped) == unescaped(tag->value));
    }
}

void check_message(const Message& message) {
    check_tags(message.tags);
    check_writer(message);
    const auto parameters = message.parameters();
    CapabilityNegotiation negotiation(offered);
    negotiation.receive(parameters, false);
    parse_history_request(parameters);
    if (parameters.empty())
        return;
    for (const ModeChange& change : parse_mode_changes(kinds, parameters[0], parameters.subspan(1)))
        require(change.mode != '+' && change.mode != '-');
    for (const std::string_view target : split_targets(parameters[0]))
        require(!target.empty() && target.find(',') == std::string_view::npos);
    mask_matches(complete_mask(parameters[0]), parameters.back());
    SaslAssembler assembler;
    for (const std::string_view chunk : parameters)
        if (assembler.take(chunk) == SaslAssembler::Outcome::complete)
            parse_plain(assembler.take_payload());
}

} // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    LineReader reader;
    std::string_view line;
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
        std::string_view input = bytes.substr(at, 7);
        for (;;) {
            const LineReader::Outcome outcome = reader.next(input, line);
            require(reader.pending() <= client_tags_limit + line_limit);
            if (outcome == LineReader::Outcome::need_more)
                break;
            if (outcome == LineReader::Outcome::too_long)
                continue;
            require(fits(line) && line.find_first_of("\r\n") == std::string_view::npos);
            if (const auto message = parse_message(line))
                check_message(*message);
        }
    }
    return 0;
}
