#include "common/protocol/irc/case_mapping.h"

#include <algorithm>

namespace tern::irc {

std::string_view name_of(CaseMapping mapping) noexcept {
    switch (mapping) {
    case CaseMapping::ascii:
        return "ascii";
    case CaseMapping::rfc1459:
        return "rfc1459";
    case CaseMapping::rfc1459_strict:
        return "rfc1459-strict";
    }
    return "ascii";
}

char lower(char c, CaseMapping mapping) noexcept {
    char last = 'Z';
    if (mapping == CaseMapping::rfc1459)
        last = '^';
    else if (mapping == CaseMapping::rfc1459_strict)
        last = ']';
    return c >= 'A' && c <= last ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string lower(std::string_view text, CaseMapping mapping) {
    std::string small(text);
    for (char& c : small)
        c = lower(c, mapping);
    return small;
}

bool equal(std::string_view left, std::string_view right, CaseMapping mapping) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [mapping](char a, char b) { return lower(a, mapping) == lower(b, mapping); });
}

std::string upper_ascii(std::string_view text) {
    std::string capitals(text);
    for (char& c : capitals)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return capitals;
}

} // namespace tern::irc
