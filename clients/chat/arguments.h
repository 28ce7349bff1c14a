#pragma once
// The command line of tern-chat.

#include <iosfwd>
#include <string>
#include <variant>

namespace tern::chat_client {

struct Options {
    std::string server; ///< HOST[:PORT]
    std::string name;
    bool tls = false;
    std::string ca_file;
    bool insecure = false;
    bool udp = false;
    bool prompt = true;
    bool stay = false;
    bool reconnect = true;
    bool timestamps = true;
    bool bell = false;
};

inline constexpr int exit_left = 0;
inline constexpr int exit_no_connection = 1;

/// The options; or the exit code, if all is said (--help, --version) or they are wrong (2).
/// `is_terminal`: whether a person sits there, which some defaults depend on.
std::variant<Options, int> parse_arguments(int argc, const char* const* argv, bool is_terminal,
                                           std::ostream& out, std::ostream& errors);

} // namespace tern::chat_client
