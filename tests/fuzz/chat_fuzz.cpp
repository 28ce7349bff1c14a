// Lines of chat in any pieces, the commands in them, and names.

#include "common/protocol/chat/command.h"
#include "common/protocol/chat/line_decoder.h"
#include "common/protocol/chat/name.h"
#include "common/protocol/chat/text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace tern::chat;

namespace {

constexpr std::size_t longest = 32;

std::string lines_of(std::string_view stream, std::size_t piece) {
    LineDecoder decoder(longest);
    std::string lines;
    while (!stream.empty()) {
        const std::string part(stream.substr(0, piece));
        stream.remove_prefix(part.size());
        std::string_view input = part;
        while (const auto line = decoder.next(input))
            lines.append(line->is_too_long ? "!" : line->text).append("\n");
        if (decoder.pending() > longest + 1)
            std::abort();
    }
    return lines;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (lines_of(input, 1) != lines_of(input, size))
        std::abort();
    if (fault_of(beginning_of(input, size / 2)) == TextFault::not_utf8 && !fault_of(input))
        std::abort();
    if (const auto command = command_from(input)) {
        std::string_view rest = command->rest;
        while (!take_word(rest).empty()) {
        }
    }
    const Name name = name_from(input, {});
    if (name.fault == NameFault::none && key_of(name.text) != name.key)
        std::abort();
    return 0;
}
