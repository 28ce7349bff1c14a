// SITE: what FTP itself has no command for.

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/timestamp.h"
#include "servers/ftp/commands.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace tern::ftp {
namespace {

using std::chrono::seconds;

void site_chmod(Exchange& exchange, std::string argument) {
    const auto mode = parse_mode(take_word(argument));
    if (!mode || argument.empty())
        return exchange.reply(501, "Syntax: SITE CHMOD mode file");
    if (!exchange.may(Right::change_mode))
        return;
    const auto set = exchange.home->change(exchange.path_of(argument), {{}, *mode});
    if (!set)
        return exchange.reply_error(set.error());
    exchange.reply(200, "Done.");
}

/// The word behind the last blank, which is taken with it.
std::string take_last_word(std::string& text) {
    const std::size_t blank = text.rfind(' ');
    std::string word = blank == std::string::npos ? std::string() : text.substr(blank + 1);
    text.erase(blank == std::string::npos ? 0 : blank);
    return word;
}

/// With or without seconds.
std::optional<std::time_t> time_from(const std::string& text) {
    return parse_time(text.size() == 12 ? text + "00" : text);
}

/// "TIME file", or "file TIME-OF-ACCESS TIME TIME-OF-CREATION UTC"; of the three times only that
/// of modification can be set, and all are of UTC.
void site_utime(Exchange& exchange, const std::string& argument) {
    std::string path = argument;
    auto time = time_from(take_word(path));
    if (!time && argument.ends_with(" UTC")) {
        path = argument.substr(0, argument.size() - 4);
        const bool created = time_from(take_last_word(path)).has_value();
        time = time_from(take_last_word(path));
        const bool accessed = time_from(take_last_word(path)).has_value();
        time = created && accessed ? time : std::nullopt;
    }
    if (!time || path.empty())
        return exchange.reply(501, "Syntax: SITE UTIME YYYYMMDDHHMMSS file");
    if (!exchange.may(Right::change_mode))
        return;
    const auto set = exchange.home->change(exchange.path_of(path), {*time, {}});
    if (!set)
        return exchange.reply_error(set.error());
    exchange.reply(200, "Done.");
}

void site_umask(Exchange& exchange, const std::string& argument) {
    const auto mask = parse_mode(argument);
    if (!argument.empty() && !mask)
        return exchange.reply(501, "Syntax: SITE UMASK [mask]");
    if (mask)
        exchange.home->set_umask(*mask);
    exchange.reply(200, fmt::format("New files and folders get no permissions of {:03o}.",
                                    exchange.home->umask().value_or(exchange.context.umask)));
}

/// RFC 1123 leaves it to sites; a client may only want less than the server allows.
void site_idle(Exchange& exchange, const std::string& argument) {
    const Clock::duration longest = exchange.context.settings.idle_timeout;
    const auto most = static_cast<std::uint64_t>(std::chrono::ceil<seconds>(longest).count());
    const auto wanted = parse_number(argument);
    if (!argument.empty() && (!wanted || *wanted == 0 || *wanted > most))
        return exchange.reply(501, fmt::format("Allowed: 1 to {} seconds.", most));
    if (wanted)
        exchange.idle_timeout = seconds(*wanted);
    const Clock::duration present = exchange.idle_timeout.value_or(longest);
    exchange.reply(200, fmt::format("The idle time is {} seconds, and {} at most.",
                                    std::chrono::ceil<seconds>(present).count(), most));
}

} // namespace

void site_command(Exchange& exchange, Text subcommand) {
    std::string argument = subcommand;
    const std::string name = upper(take_word(argument));
    if (name == "CHMOD")
        return site_chmod(exchange, std::move(argument));
    if (name == "UTIME")
        return site_utime(exchange, argument);
    if (name == "UMASK")
        return site_umask(exchange, argument);
    if (name == "IDLE")
        return site_idle(exchange, argument);
    if (name == "HELP")
        return exchange.reply(214, "There are:\n CHMOD mode file\n UTIME YYYYMMDDHHMMSS file\n "
                                   "UMASK [mask]\n IDLE [seconds]\n HELP\nEnd");
    exchange.reply(500, "SITE knows CHMOD, UTIME, UMASK, IDLE and HELP.");
}

} // namespace tern::ftp
