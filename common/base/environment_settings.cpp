#include "common/base/environment_settings.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace tern {
namespace {

constexpr std::string_view prefix = "TERN_SET_";
constexpr std::string_view separator = "__";

/// Orders numbers by value, and before all else: digits without leading zeros, so by length first.
std::pair<std::size_t, std::string> rank_of(std::string step) {
    const bool is_number = !step.empty() && std::all_of(step.begin(), step.end(), [](char letter) {
        return std::isdigit(static_cast<unsigned char>(letter)) != 0;
    });
    const std::size_t length = is_number ? step.size() : std::string::npos;
    return {length, std::move(step)};
}

std::vector<std::pair<std::size_t, std::string>> rank_of_variable(std::string_view variable) {
    std::vector<std::pair<std::size_t, std::string>> rank;
    for (std::string& step : environment_steps(variable.substr(0, variable.find('='))))
        rank.push_back(rank_of(std::move(step)));
    return rank;
}

} // namespace

bool is_environment_setting(std::string_view variable) noexcept {
    return variable.starts_with(prefix);
}

std::vector<std::string> environment_steps(std::string_view name) {
    name.remove_prefix(std::min(name.size(), prefix.size()));
    std::vector<std::string> steps;
    for (;;) {
        const std::size_t end = name.find(separator);
        steps.emplace_back(name.substr(0, end));
        if (end == std::string_view::npos)
            return steps;
        name.remove_prefix(end + separator.size());
    }
}

std::vector<std::string> environment_settings(const char* const* environment) {
    std::vector<std::string> settings;
    for (; environment != nullptr && *environment != nullptr; ++environment)
        if (is_environment_setting(*environment))
            settings.emplace_back(*environment);
    std::sort(settings.begin(), settings.end(), [](const auto& one, const auto& other) {
        return rank_of_variable(one) < rank_of_variable(other);
    });
    return settings;
}

} // namespace tern
