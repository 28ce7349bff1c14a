#include "common/protocol/irc/mode_changes.h"

namespace tern::irc {
namespace {

enum class Parameter : unsigned char { none, optional, required, unknown };

bool takes_one(Parameter parameter) noexcept {
    return parameter == Parameter::optional || parameter == Parameter::required;
}

Parameter parameter_of(const ModeKinds& kinds, char mode, bool set) noexcept {
    const auto is_in = [mode](std::string_view modes) {
        return modes.find(mode) != std::string_view::npos;
    };
    if (is_in(kinds.lists))
        return Parameter::optional;
    if (is_in(kinds.members))
        return Parameter::required;
    if (is_in(kinds.always)) // to unset, clients need not know it
        return set ? Parameter::required : Parameter::optional;
    if (is_in(kinds.when_set))
        return set ? Parameter::required : Parameter::none;
    return is_in(kinds.never) ? Parameter::none : Parameter::unknown;
}

} // namespace

std::vector<ModeChange> parse_mode_changes(const ModeKinds& kinds, std::string_view modes,
                                           std::span<const std::string_view> parameters) {
    std::vector<ModeChange> changes;
    bool set = true;
    for (const char mode : modes) {
        if (mode == '+' || mode == '-') {
            set = mode == '+';
            continue;
        }
        ModeChange change{.mode = mode, .set = set, .parameter = {}, .fault = {}};
        const Parameter parameter = parameter_of(kinds, mode, set);
        if (takes_one(parameter) && !parameters.empty()) {
            change.parameter = parameters.front();
            parameters = parameters.subspan(1);
        }
        if (parameter == Parameter::unknown)
            change.fault = ModeChange::Fault::unknown;
        else if (parameter == Parameter::required && change.parameter.empty())
            change.fault = ModeChange::Fault::no_parameter;
        changes.push_back(change);
    }
    return changes;
}

std::string format_mode_changes(std::span<const ModeChange> changes) {
    std::string text;
    std::string parameters;
    char sign = 0;
    for (const ModeChange& change : changes) {
        const char wanted = change.set ? '+' : '-';
        if (wanted != sign)
            text += sign = wanted;
        text += change.mode;
        if (!change.parameter.empty())
            parameters.append(" ").append(change.parameter);
    }
    return text + parameters;
}

} // namespace tern::irc
