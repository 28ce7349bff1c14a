// Why something was not done, by the numerics that clients expect.

#include "servers/chat/irc_dialect.h"
#include "servers/chat/irc_label.h"

#include <array>
#include <string>

namespace tern::chat {

using irc::Numeric;
using RequestKind = Request::Kind;

namespace {

std::string_view command_of(RequestKind kind) noexcept {
    switch (kind) {
    case RequestKind::enter:
    case RequestKind::rename:
        return "NICK";
    case RequestKind::say:
        return "PRIVMSG";
    case RequestKind::join:
        return "JOIN";
    case RequestKind::part:
        return "PART";
    case RequestKind::topic:
        return "TOPIC";
    case RequestKind::names:
        return "NAMES";
    case RequestKind::find:
        return "ISON";
    case RequestKind::search:
        return "WHO";
    case RequestKind::rooms:
        return "LIST";
    case RequestKind::whois:
        return "WHOIS";
    case RequestKind::history:
    case RequestKind::histories:
        return "CHATHISTORY";
    case RequestKind::away:
        return "AWAY";
    case RequestKind::invite:
        return "INVITE";
    case RequestKind::mode:
    case RequestKind::modes:
        return "MODE";
    case RequestKind::become_operator:
        return "OPER";
    case RequestKind::kick:
        return "KICK";
    default:
        return "*";
    }
}

/// A refusal that is always the same numeric with the same words.
struct Words {
    Refusal refusal;
    Numeric numeric;
    enum class About : unsigned char { nothing, room, target, target_in_room, command } about;
    std::string_view text;
};
using About = Words::About;

constexpr std::array words = {
    Words{Refusal::name_in_use, Numeric::err_nicknameinuse, About::target, "Nickname is in use"},
    Words{Refusal::name_empty, Numeric::err_nonicknamegiven, About::nothing, "No nickname given"},
    Words{Refusal::name_too_long, Numeric::err_erroneusnickname, About::target,
          "That nickname is too long"},
    Words{Refusal::name_not_allowed, Numeric::err_erroneusnickname, About::target,
          "That nickname is not allowed"},
    Words{Refusal::no_such_person, Numeric::err_nosuchnick, About::target, "No such nick"},
    Words{Refusal::no_such_room, Numeric::err_nosuchchannel, About::room, "No such channel"},
    Words{Refusal::room_name_not_allowed, Numeric::err_badchanmask, About::room,
          "That channel name is not allowed"},
    Words{Refusal::not_in_room, Numeric::err_notonchannel, About::room,
          "You are not on that channel"},
    Words{Refusal::already_in_room, Numeric::err_useronchannel, About::target_in_room,
          "is already on that channel"},
    Words{Refusal::target_not_in_room, Numeric::err_usernotinchannel, About::target_in_room,
          "They are not on that channel"},
    Words{Refusal::room_full, Numeric::err_channelisfull, About::room,
          "Cannot join channel: it is full (+l)"},
    Words{Refusal::room_invite_only, Numeric::err_inviteonlychan, About::room,
          "Cannot join channel: you must be invited (+i)"},
    Words{Refusal::room_key_wrong, Numeric::err_badchannelkey, About::room,
          "Cannot join channel: wrong key (+k)"},
    Words{Refusal::room_banned, Numeric::err_bannedfromchan, About::room,
          "Cannot join channel: you are banned (+b)"},
    Words{Refusal::too_many_rooms, Numeric::err_toomanychannels, About::room,
          "You have joined too many channels"},
    Words{Refusal::room_moderated, Numeric::err_cannotsendtochan, About::room,
          "Cannot send to channel: it is moderated (+m)"},
    Words{Refusal::room_no_outside, Numeric::err_cannotsendtochan, About::room,
          "Cannot send to channel: only its members may (+n)"},
    Words{Refusal::banned, Numeric::err_yourebannedcreep, About::nothing,
          "You are banned from this server"},
    Words{Refusal::text_too_long, Numeric::err_inputtoolong, About::nothing,
          "The text is too long"},
    Words{Refusal::text_empty, Numeric::err_notexttosend, About::nothing, "No text to send"},
    Words{Refusal::not_operator, Numeric::err_noprivileges, About::nothing,
          "Permission denied: you are no operator"},
    Words{Refusal::not_room_operator, Numeric::err_chanoprivsneeded, About::room,
          "You are not an operator of that channel"},
    Words{Refusal::not_named_yet, Numeric::err_notregistered, About::nothing,
          "You have not registered"},
    Words{Refusal::unknown_mode, Numeric::err_unknownmode, About::target, "is no mode here"},
    Words{Refusal::wrong_arguments, Numeric::err_needmoreparams, About::command,
          "Wrong parameters"},
    Words{Refusal::wrong_password, Numeric::err_passwdmismatch, About::nothing, "Wrong password"},
    Words{Refusal::too_many_joins, Numeric::rpl_tryagain, About::command,
          "Too many joins: please wait and try again"},
};

void write_words(IrcWriter& writer, const Event& event, const Words& one) {
    const std::string channel = channel_name(event.room);
    switch (one.about) {
    case About::nothing:
        return writer.numeric(one.numeric, {one.text});
    case About::room:
        return writer.numeric(one.numeric, {channel, one.text});
    case About::target:
        return writer.numeric(one.numeric, {event.target, one.text});
    case About::target_in_room:
        return writer.numeric(one.numeric, {event.target, channel, one.text});
    case About::command:
        return writer.numeric(one.numeric, {command_of(event.request), one.text});
    }
}

void write_without_numeric(IrcWriter& writer, const Event& event) {
    const auto notice = [&writer](std::string_view text) {
        writer.from_server("NOTICE", {writer.client(), text});
    };
    switch (event.refusal) {
    case Refusal::text_not_utf8: // as UTF8ONLY says
        return writer.from_server(
            "FAIL", {command_of(event.request), "INVALID_UTF8", "Only UTF-8 is understood here"});
    case Refusal::text_control:
        return notice("Control characters are not allowed here.");
    case Refusal::muted:
        return notice("You may not speak now.");
    case Refusal::too_fast:
        return notice("Too fast: please wait and try again.");
    case Refusal::server_full:
        return writer.error("The server is full");
    case Refusal::unknown_command:
        return notice("Unknown command.");
    default:
        return notice("That is not possible.");
    }
}

/// Commands whose answer has a form of its own even if there is nothing in it. False: it is none of
/// them.
bool write_empty_answer(IrcWriter& writer, const Event& event) {
    switch (read_label(event.label).command) {
    case IrcCommand::ping:
        writer.from_server("PONG",
                           {writer.settings().server_name, read_label(event.label).argument});
        return true;
    case IrcCommand::who:
        writer.numeric(Numeric::rpl_endofwho,
                       {event.room.empty() ? std::string(event.target) : channel_name(event.room),
                        "End of WHO"});
        return true;
    case IrcCommand::history: // as IRCv3 draft/chathistory has it
        writer.from_server("FAIL",
                           {"CHATHISTORY", "INVALID_TARGET", read_label(event.label).argument,
                            channel_name(event.room), "You are not on that channel"});
        return true;
    default:
        break;
    }
    if (event.request != RequestKind::names)
        return false;
    writer.numeric(Numeric::rpl_endofnames, {channel_name(event.room), "End of the list of names"});
    return true;
}

/// False: it is for another reason.
bool write_not_heard(IrcWriter& writer, const Event& event) {
    if (event.refusal != Refusal::not_in_room && event.refusal != Refusal::room_banned)
        return false;
    writer.numeric(Numeric::err_cannotsendtochan,
                   {channel_name(event.room), event.refusal == Refusal::room_banned
                                                  ? "Cannot send to channel: you are banned (+b)"
                                                  : "Cannot send to channel"});
    return true;
}

/// False: it is for another reason.
bool write_wrong_mode(IrcWriter& writer, const Event& event) {
    const std::string channel = channel_name(event.room);
    const std::string letter(1, static_cast<char>(event.number & 0xffU));
    if (event.refusal == Refusal::wrong_arguments)
        writer.numeric(Numeric::err_invalidmodeparam,
                       {channel, letter, event.target, "That is no parameter for this mode"});
    else if (event.refusal == Refusal::too_many_penalties)
        writer.numeric(Numeric::err_banlistfull, {channel, letter, "The list is full"});
    else
        return false;
    return true;
}

} // namespace

void write_refusal(IrcWriter& writer, const Event& event) {
    const IrcCommand command = read_label(event.label).command;
    const bool is_ping = command == IrcCommand::ping; // or its client would believe us dead
    if (event.refusal == Refusal::too_many_requests && !is_ping)
        return writer.numeric(Numeric::rpl_tryagain,
                              {command == IrcCommand::who ? "WHO" : command_of(event.request),
                               "Too many commands: please wait and try again"});
    if (write_empty_answer(writer, event))
        return;
    if (event.refusal == Refusal::already_in_room && event.request == RequestKind::join)
        return; // RFC 2812 has no words for it: it is so
    if (event.request == RequestKind::say && is_never_answered(event.manner))
        return;
    if (event.request == RequestKind::say && write_not_heard(writer, event))
        return;
    if (event.request == RequestKind::mode && write_wrong_mode(writer, event))
        return;
    bool is_told = false;
    for (const Words& one : words)
        if (one.refusal == event.refusal) {
            write_words(writer, event, one);
            is_told = true;
        }
    if (!is_told)
        write_without_numeric(writer, event);
    if (event.request == RequestKind::whois)
        writer.numeric(Numeric::rpl_endofwhois, {event.target, "End of WHOIS"});
}

} // namespace tern::chat
