#include "servers/chat/line_commands.h"

#include "common/protocol/chat/text.h"
#include "servers/chat/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace tern::chat {
namespace {

using Kind = Request::Kind;
using Outcome = LineCommands::Outcome;

/// A whole number, which the first word may be; takes it off if it is.
bool take_number(std::string_view& text, std::uint64_t& number) {
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    const char* const end = word.data() + word.size();
    const auto [last, error] = std::from_chars(word.data(), end, number);
    if (word.empty() || error != std::errc() || last != end)
        return false;
    text = rest;
    return true;
}

bool who(std::string_view rest, Request& request) {
    request.kind = rest.empty() ? Kind::names : Kind::whois;
    request.target = rest;
    return true;
}
bool rooms(std::string_view rest, Request& request) {
    request.kind = Kind::rooms;
    return rest.empty();
}
bool join(std::string_view rest, Request& request) {
    request.kind = Kind::join;
    request.room = take_word(rest);
    if (request.room.starts_with('#')) // as people know it from IRC
        request.room.remove_prefix(1);
    request.text = rest;
    request.number = 1;
    return !request.room.empty();
}
bool part(std::string_view rest, Request& request) {
    request.kind = Kind::part;
    request.text = rest;
    return true;
}
bool topic(std::string_view rest, Request& request) {
    request.kind = Kind::topic;
    request.text = rest;
    request.number = rest.empty() ? 0 : 1;
    return true;
}
bool nick(std::string_view rest, Request& request) {
    request.kind = Kind::rename;
    request.target = rest;
    return !rest.empty();
}
bool msg(std::string_view rest, Request& request) {
    request.kind = Kind::say;
    request.target = take_word(rest);
    request.text = rest;
    return !rest.empty();
}
bool me(std::string_view rest, Request& request) {
    request.kind = Kind::say;
    request.text = rest;
    request.number = static_cast<std::uint64_t>(Manner::action);
    return !rest.empty();
}
bool history(std::string_view rest, Request& request) {
    request.kind = Kind::history;
    request.number = 20;
    const bool is_number = rest.empty() || take_number(rest, request.number);
    return is_number && rest.empty() && request.number > 0;
}
bool ignore(std::string_view rest, Request& request) {
    request.kind = Kind::ignore;
    request.target = rest;
    request.number = 2; // the other way round
    return !rest.empty();
}
bool away(std::string_view rest, Request& request) {
    request.kind = Kind::away;
    request.text = rest;
    return true;
}
bool invite(std::string_view rest, Request& request) {
    request.kind = Kind::invite;
    request.target = rest;
    return !rest.empty();
}
bool quit(std::string_view rest, Request& request) {
    request.kind = Kind::quit;
    request.text = rest;
    return true;
}
bool kick(std::string_view rest, Request& request) {
    request.kind = Kind::kick;
    request.target = take_word(rest);
    request.text = rest;
    return !request.target.empty();
}
bool penalty(Kind kind, std::string_view rest, Request& request) {
    request.kind = kind;
    request.target = take_word(rest);
    take_number(rest, request.number);
    request.text = rest;
    return !request.target.empty();
}
bool ban(std::string_view rest, Request& request) { return penalty(Kind::ban, rest, request); }
bool mute(std::string_view rest, Request& request) { return penalty(Kind::mute, rest, request); }
bool unban(std::string_view rest, Request& request) {
    request.kind = Kind::unban;
    request.target = rest;
    return !rest.empty();
}
bool unmute(std::string_view rest, Request& request) {
    request.kind = Kind::unmute;
    request.target = rest;
    return !rest.empty();
}
bool announce(std::string_view rest, Request& request) {
    request.kind = Kind::announce;
    request.text = rest;
    return !rest.empty();
}

/// Who has no name yet is asked for another one.
Refusal refusal_for(TextFault fault, bool has_name) {
    if (!has_name)
        return Refusal::name_not_allowed;
    return fault == TextFault::not_utf8 ? Refusal::text_not_utf8 : Refusal::text_control;
}

} // namespace

struct LineCommands::Entry {
    std::string_view name;
    bool (*read)(std::string_view rest, Request& request); ///< false: not how it is used
};

const LineCommands::Entry* LineCommands::find(std::string_view name) noexcept {
    static constexpr std::array entries = {
        Entry{"who", who},           Entry{"rooms", rooms}, Entry{"join", join},
        Entry{"part", part},         Entry{"topic", topic}, Entry{"nick", nick},
        Entry{"msg", msg},           Entry{"me", me},       Entry{"history", history},
        Entry{"ignore", ignore},     Entry{"away", away},   Entry{"invite", invite},
        Entry{"quit", quit},         Entry{"kick", kick},   Entry{"ban", ban},
        Entry{"unban", unban},       Entry{"mute", mute},   Entry{"unmute", unmute},
        Entry{"announce", announce},
    };
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.name == name; });
    return found != entries.end() ? &*found : nullptr;
}

std::string LineCommands::refusal(Refusal refusal, std::string_view target) const {
    Event event;
    event.kind = Event::Kind::refused;
    event.refusal = refusal;
    event.target = target;
    if (refusal == Refusal::text_too_long)
        event.number = context_.settings.line_bytes;
    else if (refusal == Refusal::name_too_long)
        event.number = context_.settings.longest_name;
    context_.counters.refused(refusal);
    std::string text;
    context_.words.render(event, {}, text);
    return text;
}

std::string LineCommands::refusal_of_length(bool has_name) const {
    return refusal(has_name ? Refusal::text_too_long : Refusal::name_too_long);
}

Outcome LineCommands::take(std::string_view line, bool has_name) const {
    Outcome outcome;
    if (const std::optional<TextFault> fault = fault_of(line)) {
        outcome.reply = refusal(refusal_for(*fault, has_name));
        return outcome;
    }
    const std::optional<Command> command = command_from(line);
    const bool may_command =
        has_name || (command && (command->name == "quit" || command->name == "help"));
    if (command && may_command)
        return obey(*command);
    Request request;
    request.kind = has_name ? Kind::say : Kind::enter;
    if (has_name)
        request.text = as_said(line);
    else
        request.target = trimmed(line);
    if (!has_name || !trimmed(line).empty()) // an empty line says nothing
        outcome.request = encode(request);
    return outcome;
}

Outcome LineCommands::obey(const Command& command) const {
    Outcome outcome;
    if (command.name == "help") {
        outcome.reply = context_.phrases.line(Sentence::help);
        if (!context_.settings.operators.empty())
            outcome.reply += context_.phrases.line(Sentence::help_operator);
    } else if (command.name == "ping") {
        outcome.reply = context_.phrases.line(Sentence::pong);
    } else if (command.name == "oper") {
        std::string_view rest = command.rest;
        outcome.operator_name = take_word(rest);
        outcome.password = rest;
        if (rest.empty())
            outcome = {{}, refusal(Refusal::wrong_arguments, command.name), {}, {}};
    } else if (const Entry* const entry = find(command.name); entry == nullptr) {
        outcome.reply = refusal(Refusal::unknown_command, command.name);
    } else if (Request request; entry->read(command.rest, request)) {
        outcome.request = encode(request);
    } else {
        outcome.reply = refusal(Refusal::wrong_arguments, command.name);
    }
    return outcome;
}

std::string hash_to_check(const DoorSettings& settings, std::string_view name, bool& is_known) {
    is_known = false;
    for (const OperatorAccount& account : settings.operators)
        if (account.name == name) {
            is_known = true;
            return account.password;
        }
    return settings.operators.empty() ? std::string() : settings.operators.front().password;
}

} // namespace tern::chat
