#include "servers/chat/irc_writer.h"

#include "common/protocol/irc/limits.h"
#include "common/protocol/irc/mask.h"
#include "common/protocol/irc/server_time.h"

#include <algorithm>

namespace tern::chat {

using irc::Capability;

namespace {

/// Of ":source command parameters :", and the end of the line, the rest of a line.
std::size_t space_behind(std::string_view source, std::string_view command,
                         std::initializer_list<std::string_view> parameters) noexcept {
    std::size_t head = source.size() + command.size() + std::string_view(":  :\r\n").size();
    for (const std::string_view parameter : parameters)
        head += parameter.size() + 1;
    return irc::line_limit - std::min(irc::line_limit, head);
}

} // namespace

void IrcWriter::happened(const Event* event) {
    tags_.clear();
    if (event == nullptr)
        return;
    if (has(Capability::server_time))
        irc::append_tag(
            tags_, "time",
            irc::format_server_time(std::chrono::floor<std::chrono::milliseconds>(event->time)));
    if (has(Capability::message_tags) && event->id != 0)
        irc::append_tag(tags_, "msgid", message_id(event->id));
}

std::string_view IrcWriter::tags() {
    if (batch_.empty())
        return tags_;
    all_tags_ = tags_;
    irc::append_tag(all_tags_, "batch", batch_);
    return all_tags_;
}

void IrcWriter::message(const Person& from, std::string_view command,
                        std::initializer_list<std::string_view> parameters) {
    if (from.name.empty())
        return from_server(command, parameters);
    irc::append_message(text_, {tags(), source_of(from), command}, parameters);
}

void IrcWriter::from_server(std::string_view command,
                            std::initializer_list<std::string_view> parameters) {
    irc::append_message(text_, {tags(), settings_.server_name, command}, parameters);
}

std::size_t IrcWriter::space_in_message(const Person& from, std::string_view command,
                                        std::initializer_list<std::string_view> parameters) const {
    return space_behind(from.name.empty() ? settings_.server_name : source_of(from), command,
                        parameters);
}

std::size_t IrcWriter::space_in_numeric(std::initializer_list<std::string_view> parameters) const {
    constexpr std::string_view any_numeric = "000";
    const std::size_t space = space_behind(settings_.server_name, any_numeric, parameters);
    return space - std::min(space, client().size() + 1);
}

void IrcWriter::numeric(irc::Numeric numeric, std::initializer_list<std::string_view> parameters) {
    irc::append_numeric(text_, settings_.server_name, numeric, client(), parameters);
}

void IrcWriter::whole_numeric(irc::Numeric numeric, std::span<const std::string_view> parameters) {
    irc::append_message(text_, {{}, settings_.server_name, irc::code_of(numeric).view()},
                        parameters);
}

std::string_view user_of(const Person& person) noexcept {
    return person.user.empty() ? person.name : person.user;
}

std::string source_of(const Person& person) {
    return irc::host_mask(person.name, user_of(person), person.host.empty() ? "tern" : person.host);
}

std::string_view prefix_of(const Person& person, bool all) noexcept {
    if (person.is_room_operator)
        return all && person.has_voice ? "@+" : "@";
    return person.has_voice ? "+" : "";
}

std::string channel_name(std::string_view room) {
    std::string name("#");
    name += room;
    return name;
}

std::string message_id(std::uint64_t id) { return std::to_string(id); }

void apply_label(std::string& text, std::size_t begin, std::string_view label,
                 std::string_view server) {
    std::string tag;
    irc::append_tag(tag, "label", label);
    const std::string lines = text.substr(begin);
    text.resize(begin);
    const auto count = std::count(lines.begin(), lines.end(), '\n');
    const auto append_tagged = [&text](std::string_view line, std::string_view tags) {
        text.append("@").append(tags);
        if (line.starts_with('@')) {
            text += ';';
            line.remove_prefix(1);
        } else {
            text += ' ';
        }
        text += line;
    };
    if (count == 0)
        return irc::append_message(text, {tag, server, "ACK"}, {});
    if (count == 1)
        return append_tagged(lines, tag);
    irc::append_message(text, {tag, server, "BATCH"}, {"+label", "labeled-response"});
    for (std::string_view rest = lines; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n') + 1);
        rest.remove_prefix(line.size());
        // A line of a batch within belongs to that one.
        if (line.starts_with('@') && line.substr(0, line.find(' ')).find("batch=") != line.npos)
            text += line;
        else
            append_tagged(line, "batch=label");
    }
    irc::append_message(text, {{}, server, "BATCH"}, {"-label"});
}

} // namespace tern::chat
