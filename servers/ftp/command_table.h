#pragma once
// Every command that the server knows. Where each one lives:
//
//     access_commands.cpp     USER PASS REIN QUIT, HOST, and TLS
//     folder_commands.cpp     where the client is, and folders
//     file_commands.cpp       names, sizes, times
//     digest_commands.cpp     HASH, XCRC and their like
//     site_commands.cpp       SITE
//     data_commands.cpp       how data comes and goes: TYPE, PASV, PORT, REST
//     transfer_commands.cpp   RETR, STOR, LIST
//     server_commands.cpp     what the server tells of itself
//     feature_commands.cpp    FEAT, OPTS, and who talks with whom

#include "servers/ftp/exchange.h"

#include <span>
#include <string>
#include <string_view>

namespace tern::ftp {

/// When a command may be given.
enum class Allowed : unsigned char { always, logged_in };
enum class Argument : unsigned char { none, optional, required };

struct CommandEntry {
    std::string_view verb;
    Allowed allowed;
    Argument argument;
    void (*run)(Exchange& exchange, const std::string& argument);
    std::string_view syntax; ///< of the argument, for HELP
};

std::span<const CommandEntry> all_commands() noexcept;
/// Null for what is not known.
const CommandEntry* find_command(std::string_view verb) noexcept;

/// Runs a command, or replies why it cannot be.
void run_command(Exchange& exchange, const Command& command);

} // namespace tern::ftp
