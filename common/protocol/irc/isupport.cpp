#include "common/protocol/irc/isupport.h"

#include <array>
#include <utility>

namespace tern::irc {
namespace {

constexpr std::size_t tokens_per_line = 13;
/// There must be room for the server's and the client's names and the closing words.
constexpr std::size_t longest_line = 350;

} // namespace

void Isupport::add(std::string_view name, std::string_view value) {
    constexpr std::array digits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                   '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};
    std::string token(name);
    if (!value.empty())
        token += '=';
    for (const char c : value) {
        if (c != ' ' && c != '\\' && c != '=') {
            token += c;
            continue;
        }
        const auto code = static_cast<unsigned char>(c); // "\xHH" stands for these
        token.append("\\x");
        token += digits.at(code >> 4);
        token += digits.at(code & 0xf);
    }
    tokens_.push_back(std::move(token));
}

std::vector<std::vector<std::string>> Isupport::lines() const {
    std::vector<std::vector<std::string>> lines;
    std::size_t size = 0;
    for (const std::string& token : tokens_) {
        if (lines.empty() || lines.back().size() == tokens_per_line ||
            size + token.size() >= longest_line) {
            lines.emplace_back();
            size = 0;
        }
        lines.back().push_back(token);
        size += token.size() + 1;
    }
    return lines;
}

} // namespace tern::irc
