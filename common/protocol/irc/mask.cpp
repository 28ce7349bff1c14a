#include "common/protocol/irc/mask.h"

#include <cstddef>

namespace tern::irc {
namespace {

constexpr std::size_t none = std::string_view::npos;

/// Bytes of the character that begins at `at`: its continuation bytes belong to it.
std::size_t character_size(std::string_view text, std::size_t at) noexcept {
    std::size_t size = 1;
    while (size < 4 && at + size < text.size() &&
           (static_cast<unsigned char>(text[at + size]) & 0xc0) == 0x80)
        ++size;
    return size;
}

struct Step {
    std::size_t in_mask = none; ///< none: it does not match
    std::size_t in_text = 0;
};

Step step(std::string_view mask, std::size_t at, std::string_view text, std::size_t in_text,
          CaseMapping mapping) noexcept {
    if (mask[at] == '?')
        return {at + 1, in_text + character_size(text, in_text)};
    if (mask[at] == '\\' && at + 1 < mask.size())
        ++at;
    if (lower(mask[at], mapping) != lower(text[in_text], mapping))
        return {};
    return {at + 1, in_text + 1};
}

} // namespace

bool mask_matches(std::string_view mask, std::string_view text, CaseMapping mapping) noexcept {
    std::size_t at = 0;
    std::size_t in_text = 0;
    std::size_t after_star = none; // only the last star need ever take more
    std::size_t star_takes_to = 0;
    while (in_text < text.size()) {
        if (at < mask.size() && mask[at] == '*') {
            after_star = ++at;
            star_takes_to = in_text;
            continue;
        }
        const Step next = at < mask.size() ? step(mask, at, text, in_text, mapping) : Step{};
        if (next.in_mask != none) {
            at = next.in_mask;
            in_text = next.in_text;
        } else if (after_star != none) {
            at = after_star;
            in_text = ++star_takes_to;
        } else {
            return false;
        }
    }
    return mask.find_first_not_of('*', at) == none;
}

std::string complete_mask(std::string_view mask) {
    const std::size_t bang = mask.find('!');
    const std::size_t at = mask.find('@', bang == none ? 0 : bang);
    std::string_view nick;
    std::string_view user;
    if (bang != none) {
        nick = mask.substr(0, bang);
        user = mask.substr(bang + 1, at == none ? none : at - bang - 1);
    } else if (at != none) {
        user = mask.substr(0, at);
    } else {
        nick = mask;
    }
    const std::string_view host = at == none ? std::string_view() : mask.substr(at + 1);
    const auto or_any = [](std::string_view part) { return part.empty() ? "*" : part; };
    return host_mask(or_any(nick), or_any(user), or_any(host));
}

bool has_wildcards(std::string_view text) noexcept { return text.find_first_of("*?") != none; }

std::string host_mask(std::string_view nick, std::string_view user, std::string_view host) {
    std::string mask;
    mask.reserve(nick.size() + user.size() + host.size() + 2);
    mask.append(nick).append("!").append(user).append("@").append(host);
    return mask;
}

} // namespace tern::irc
