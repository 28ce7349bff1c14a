#include "common/protocol/irc/capabilities.h"

#include "common/protocol/irc/case_mapping.h"

#include <charconv>
#include <utility>

namespace tern::irc {
namespace {

/// Of names in one line; there must be room for the server's and the client's names.
constexpr std::size_t longest_list = 350;

std::string_view take_name(std::string_view& names) noexcept {
    while (names.starts_with(' '))
        names.remove_prefix(1);
    const std::string_view name = names.substr(0, names.find(' '));
    names.remove_prefix(name.size());
    return name;
}

void append_name(std::vector<CapabilityNegotiation::Line>& lines, std::string_view name) {
    std::string& names = lines.back().names;
    if (names.size() + name.size() >= longest_list) {
        lines.back().more_follows = true;
        lines.push_back({lines.back().subcommand, false, std::string(name)});
        return;
    }
    if (!names.empty())
        names += ' ';
    names += name;
}

} // namespace

const OfferedCapability* CapabilityNegotiation::find(std::string_view name) const noexcept {
    for (const OfferedCapability& one : offered_)
        if (one.name == name)
            return &one;
    return nullptr;
}

CapabilityNegotiation::Answer
CapabilityNegotiation::receive(std::span<const std::string_view> parameters, bool registered) {
    const std::string subcommand = parameters.empty() ? "" : upper_ascii(parameters[0]);
    const std::string_view argument = parameters.size() > 1 ? parameters[1] : std::string_view();
    if (subcommand == "LS" || subcommand == "REQ")
        negotiating_ = !registered;
    if (subcommand == "LS")
        return list_offered(argument);
    if (subcommand == "LIST")
        return list_enabled();
    if (subcommand == "REQ")
        return request(argument);
    Answer answer;
    if (subcommand == "END")
        negotiating_ = false;
    else
        answer.is_invalid = true;
    return answer;
}

CapabilityNegotiation::Answer CapabilityNegotiation::list_offered(std::string_view version) {
    unsigned number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    if (number >= 302) { // what a client has understood once it does not forget
        tells_values_ = true;
        // cap-notify is implied by 302.
        if (const OfferedCapability* const notify = find("cap-notify"))
            enabled_.set(notify->capability, true);
    }
    Answer answer;
    answer.lines.push_back({"LS", false, {}});
    for (const OfferedCapability& one : offered_) {
        std::string name(one.name);
        if (tells_values_ && !one.value.empty())
            name.append("=").append(one.value);
        append_name(answer.lines, name);
    }
    return answer;
}

CapabilityNegotiation::Answer CapabilityNegotiation::list_enabled() const {
    Answer answer;
    answer.lines.push_back({"LIST", false, {}});
    for (const OfferedCapability& one : offered_)
        if (enabled_.has(one.capability))
            append_name(answer.lines, one.name);
    return answer;
}

/// All that is asked for, or nothing of it.
CapabilityNegotiation::Answer CapabilityNegotiation::request(std::string_view names) {
    CapabilitySet wanted = enabled_;
    bool is_known = true;
    std::string_view rest = names;
    for (std::string_view name = take_name(rest); !name.empty(); name = take_name(rest)) {
        const bool on = !name.starts_with('-');
        const OfferedCapability* const one = find(on ? name : name.substr(1));
        is_known = is_known && one != nullptr;
        if (one != nullptr)
            wanted.set(one->capability, on);
    }
    if (is_known)
        enabled_ = wanted;
    Answer answer;
    answer.lines.push_back({is_known ? "ACK" : "NAK", false, std::string(names)});
    return answer;
}

} // namespace tern::irc
