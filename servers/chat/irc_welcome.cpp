// What the server tells of itself.

#include "common/protocol/irc/isupport.h"
#include "servers/chat/hub_settings.h"
#include "servers/chat/irc_dialect.h"

#include <string>
#include <vector>

namespace tern::chat {

using irc::Numeric;

namespace {

std::string channel_modes() {
    std::string modes(irc_modes.lists);
    modes.append(",").append(irc_modes.always).append(",").append(irc_modes.when_set);
    modes.append(",").append(irc_modes.never);
    return modes;
}

/// To how many each command may be put at once; no number: to any.
std::string targets(const IrcSettings& settings) {
    std::string all = "JOIN:,PART:,NAMES:,WHOIS:1";
    for (const std::string_view command : {"PRIVMSG", "NOTICE", "KICK"})
        all.append(",").append(command).append(":").append(std::to_string(settings.most_targets));
    return all;
}

irc::Isupport features(const IrcSettings& settings) {
    irc::Isupport isupport;
    isupport.add("NETWORK", settings.network);
    isupport.add("CASEMAPPING", "ascii");
    isupport.add("CHANTYPES", "#");
    isupport.add("CHANMODES", channel_modes());
    isupport.add("PREFIX", "(ov)@+");
    isupport.add("MODES", "20");
    isupport.add("NICKLEN", std::to_string(settings.longest_name));
    isupport.add("CHANNELLEN", std::to_string(settings.longest_room));
    isupport.add("TOPICLEN", std::to_string(settings.longest_topic));
    isupport.add("KICKLEN", std::to_string(settings.longest_kick));
    isupport.add("AWAYLEN", std::to_string(settings.longest_away));
    isupport.add("MAXTARGETS", std::to_string(settings.most_targets));
    isupport.add("TARGMAX", targets(settings));
    isupport.add("CHANLIMIT", "#:" + std::to_string(settings.most_rooms));
    isupport.add("MAXLIST", "b:" + std::to_string(most_room_bans));
    isupport.add("CHATHISTORY", std::to_string(settings.most_history));
    isupport.add("MSGREFTYPES", "msgid,timestamp");
    isupport.add("CLIENTTAGDENY", "*,-typing");
    isupport.add("ELIST", "MNU");
    isupport.add("SAFELIST");
    isupport.add("UTF8ONLY");
    return isupport;
}

void write_features(IrcWriter& writer) {
    for (const std::vector<std::string>& tokens : features(writer.settings()).lines()) {
        std::vector<std::string_view> parameters = {writer.client()};
        parameters.insert(parameters.end(), tokens.begin(), tokens.end());
        parameters.emplace_back("are supported by this server");
        writer.whole_numeric(Numeric::rpl_isupport, parameters);
    }
}

} // namespace

void write_version(IrcWriter& writer) {
    const IrcSettings& settings = writer.settings();
    writer.numeric(Numeric::rpl_version, {settings.version, settings.server_name, "Tern"});
    write_features(writer);
}

void write_message_of_the_day(IrcWriter& writer) {
    const IrcSettings& settings = writer.settings();
    if (settings.message_of_the_day.empty())
        return writer.numeric(Numeric::err_nomotd, {"There is no message of the day"});
    writer.numeric(Numeric::rpl_motdstart, {"- " + settings.server_name + " Message of the day -"});
    for (const std::string& line : settings.message_of_the_day)
        writer.numeric(Numeric::rpl_motd, {"- " + line});
    writer.numeric(Numeric::rpl_endofmotd, {"End of the message of the day"});
}

void write_census(IrcWriter& writer, const Event& event) {
    const Census& census = event.census;
    const std::string members = std::to_string(census.members);
    const std::string most = std::to_string(census.most_members);
    writer.numeric(Numeric::rpl_luserclient,
                   {"There are " + std::to_string(census.members - census.invisible) +
                    " users and " + std::to_string(census.invisible) + " invisible on 1 servers"});
    if (census.operators > 0)
        writer.numeric(Numeric::rpl_luserop,
                       {std::to_string(census.operators), "operators online"});
    if (census.rooms > 0)
        writer.numeric(Numeric::rpl_luserchannels,
                       {std::to_string(census.rooms), "channels formed"});
    writer.numeric(Numeric::rpl_luserme, {"I have " + members + " clients and 0 servers"});
    writer.numeric(Numeric::rpl_localusers,
                   {members, most, "Current local users " + members + ", max " + most});
    writer.numeric(Numeric::rpl_globalusers,
                   {members, most, "Current global users " + members + ", max " + most});
}

void write_welcome(IrcWriter& writer, const Event& event) {
    const IrcSettings& settings = writer.settings();
    std::string welcome = "Welcome to the " + settings.network + " network, ";
    writer.numeric(Numeric::rpl_welcome, {welcome.append(event.target)});
    writer.numeric(Numeric::rpl_yourhost,
                   {"Your host is " + settings.server_name + ", running " + settings.version});
    writer.numeric(Numeric::rpl_created, {"This server was started " + settings.started});
    writer.numeric(Numeric::rpl_myinfo,
                   {settings.server_name, settings.version, "io", "biklmnostv", "bklov"});
    write_features(writer);
    write_census(writer, event);
    write_message_of_the_day(writer);
}

} // namespace tern::chat
