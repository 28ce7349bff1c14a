#pragma once
// The command line of tern-http.

#include <iosfwd>
#include <string>
#include <variant>
#include <vector>

namespace tern::http_client {

enum class Version : unsigned char { any, http_1_1, http_2, h2c };

struct Options {
    std::string method;
    std::string url;

    std::vector<std::string> headers; ///< "Name: value"
    std::string data;                 ///< the body, or @FILE
    std::string json;                 ///< likewise, and it is JSON
    std::vector<std::string> forms;   ///< NAME=TEXT or NAME=@FILE
    std::string upload;               ///< a file, or "-"

    std::string output;
    bool resume = false;
    bool show_head = false; ///< even where nobody looks
    bool body_only = false;
    bool timing = false;

    Version version = Version::any;
    bool follow = false;
    bool compressed = false;
    std::string ca_file;
    bool insecure = false;
    std::string user; ///< NAME:PASSWORD
    std::string unix_socket;
    double timeout_s = 0; ///< 0: for ever, as long as something moves

    unsigned repeat = 1;
    unsigned concurrency = 1;
};

/// The options; or the exit code, if all is said (--help, --version) or they are wrong (2).
std::variant<Options, int> parse_arguments(int argc, const char* const* argv, std::ostream& out,
                                           std::ostream& errors);

} // namespace tern::http_client
