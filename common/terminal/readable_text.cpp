#include "common/terminal/readable_text.h"

#include "common/base/escape.h"

#include <algorithm>

namespace tern::terminal {

std::string readable_text(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\t\n");
        std::string_view part = text.substr(0, end);
        if (end != text.npos && text[end] == '\n' && part.ends_with('\r'))
            part.remove_suffix(1);
        append_printable(result, part);
        if (end == text.npos)
            break;
        result += text[end];
        text.remove_prefix(end + 1);
    }
    return result;
}

bool looks_binary(std::string_view text) noexcept {
    const std::string_view sample = text.substr(0, 4096);
    const auto odd = std::count_if(sample.begin(), sample.end(), [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte < 0x20 && letter != '\t' && letter != '\n' && letter != '\r';
    });
    return sample.find('\0') != sample.npos || static_cast<std::size_t>(odd) * 3 > sample.size();
}

} // namespace tern::terminal
