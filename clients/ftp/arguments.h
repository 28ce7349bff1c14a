#pragma once
// The command line of tern-ftp.

#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

namespace tern::ftp_client {

enum class Security : unsigned char { none, explicit_tls, implicit_tls };

struct Options {
    std::vector<std::string> words; ///< a server; or get, put or ls and what they are about
    Security security = Security::none;
    std::string ca_file;
    bool insecure = false;
    bool active = false;
    bool resume = false;
    bool recursive = false;
    bool verify = true;
    std::string folder = "."; ///< where downloads go
    unsigned parallel = 4;
};

/// The options; or the exit code, if all is said (--help, --version) or they are wrong (2).
std::variant<Options, int> parse_arguments(int argc, const char* const* argv, std::ostream& out,
                                           std::ostream& errors);

} // namespace tern::ftp_client
