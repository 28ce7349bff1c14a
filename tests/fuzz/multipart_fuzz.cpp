// Feeds bytes to the parser of forms, cut in ways that the first byte chooses, and compares with
// what comes of the same bytes in one piece.

#include "common/protocol/http/multipart.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace tern::http;
using Kind = MultipartParser::Step::Kind;

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// All that comes of `input` in pieces of `size` bytes, as a text.
std::string parse(std::string_view input, std::size_t size) {
    MultipartParser parser("AaB03x", {.header_bytes = 200, .parts = 5});
    std::string result;
    bool is_in_part = false;
    while (!input.empty()) {
        std::string_view piece = input.substr(0, size);
        input.remove_prefix(piece.size());
        for (;;) {
            const MultipartParser::Step step = parser.next(piece);
            require(step.used <= piece.size());
            piece.remove_prefix(step.used);
            if (step.kind == Kind::bad || step.kind == Kind::too_much)
                return result + (step.kind == Kind::bad ? "[bad]" : "[too much]");
            if (step.kind == Kind::need_more)
                break;
            require(is_in_part == (step.kind != Kind::part));
            is_in_part = step.kind != Kind::part_end;
            if (step.kind == Kind::part)
                result +=
                    "[" + parser.head().name + "|" + parser.head().file_name.value_or("") + "]";
            require(step.kind != Kind::piece || !step.piece.empty());
            result += step.kind == Kind::part_end ? "[end]" : step.piece;
        }
        require(piece.empty());
    }
    require(!parser.is_complete() || !is_in_part);
    return result + (parser.is_complete() ? "[complete]" : "");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    require(parse(input, input.size() + 1) == parse(input, data[0] % 16 + 1U));
    const FormType type = parse_form_type(input);
    require(type.boundary.empty() || type.is_form);
    require(type.boundary.size() <= 70);
    return 0;
}
