#pragma once
// The numbers of IRC's replies, by the names that the "modern" document of ircdocs gives them.

#include <array>
#include <cstdint>
#include <string_view>

namespace tern::irc {

enum class Numeric : std::uint16_t {
    rpl_welcome = 1,
    rpl_yourhost = 2,
    rpl_created = 3,
    rpl_myinfo = 4,
    rpl_isupport = 5,
    rpl_umodeis = 221,
    rpl_luserclient = 251,
    rpl_luserop = 252,
    rpl_luserunknown = 253,
    rpl_luserchannels = 254,
    rpl_luserme = 255,
    rpl_tryagain = 263,
    rpl_localusers = 265,
    rpl_globalusers = 266,
    rpl_away = 301,
    rpl_userhost = 302,
    rpl_ison = 303,
    rpl_unaway = 305,
    rpl_nowaway = 306,
    rpl_whoisuser = 311,
    rpl_whoisserver = 312,
    rpl_whoisoperator = 313,
    rpl_endofwho = 315,
    rpl_whoisidle = 317,
    rpl_endofwhois = 318,
    rpl_whoischannels = 319,
    rpl_liststart = 321,
    rpl_list = 322,
    rpl_listend = 323,
    rpl_channelmodeis = 324,
    rpl_creationtime = 329,
    rpl_whoisaccount = 330,
    rpl_notopic = 331,
    rpl_topic = 332,
    rpl_topicwhotime = 333,
    rpl_inviting = 341,
    rpl_version = 351,
    rpl_whoreply = 352,
    rpl_namreply = 353,
    rpl_endofnames = 366,
    rpl_banlist = 367,
    rpl_endofbanlist = 368,
    rpl_endofwhowas = 369,
    rpl_motd = 372,
    rpl_motdstart = 375,
    rpl_endofmotd = 376,
    rpl_youreoper = 381,
    rpl_time = 391,
    err_nosuchnick = 401,
    err_nosuchserver = 402,
    err_nosuchchannel = 403,
    err_cannotsendtochan = 404,
    err_toomanychannels = 405,
    err_wasnosuchnick = 406,
    err_toomanytargets = 407,
    err_noorigin = 409,
    err_invalidcapcmd = 410,
    err_norecipient = 411,
    err_notexttosend = 412,
    err_toomanymatches = 416,
    err_inputtoolong = 417,
    err_unknowncommand = 421,
    err_nomotd = 422,
    err_nonicknamegiven = 431,
    err_erroneusnickname = 432,
    err_nicknameinuse = 433,
    err_usernotinchannel = 441,
    err_notonchannel = 442,
    err_useronchannel = 443,
    err_notregistered = 451,
    err_needmoreparams = 461,
    err_alreadyregistered = 462,
    err_passwdmismatch = 464,
    err_yourebannedcreep = 465,
    err_channelisfull = 471,
    err_unknownmode = 472,
    err_inviteonlychan = 473,
    err_bannedfromchan = 474,
    err_badchannelkey = 475,
    err_badchanmask = 476,
    err_banlistfull = 478,
    err_noprivileges = 481,
    err_chanoprivsneeded = 482,
    err_nooperhost = 491,
    err_umodeunknownflag = 501,
    err_usersdontmatch = 502,
    err_invalidmodeparam = 696,
    rpl_loggedin = 900,
    rpl_loggedout = 901,
    err_nicklocked = 902,
    rpl_saslsuccess = 903,
    err_saslfail = 904,
    err_sasltoolong = 905,
    err_saslaborted = 906,
    err_saslalready = 907,
    rpl_saslmechs = 908,
};

/// Three digits.
struct NumericCode {
    std::array<char, 3> digits;
    std::string_view view() const noexcept { return {digits.data(), digits.size()}; }
};

constexpr NumericCode code_of(Numeric numeric) noexcept {
    const auto number = static_cast<unsigned>(numeric);
    return {{static_cast<char>('0' + number / 100 % 10), static_cast<char>('0' + number / 10 % 10),
             static_cast<char>('0' + number % 10)}};
}

} // namespace tern::irc
