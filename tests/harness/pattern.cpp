#include "tests/harness/pattern.h"

#include <regex>

namespace tern::test {

std::optional<std::vector<std::string>> match(const std::string& text, const std::string& pattern) {
    std::smatch groups;
    if (!std::regex_match(text, groups, std::regex(pattern)))
        return std::nullopt;
    return std::vector<std::string>(groups.begin(), groups.end());
}

} // namespace tern::test
