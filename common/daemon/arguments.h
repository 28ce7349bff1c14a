#pragma once
// The command line that all servers have in common.

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tern::daemon {

struct Arguments {
    std::filesystem::path configuration;
    std::vector<std::string> overrides; ///< of --set, in their order
    std::filesystem::path port_file;    ///< empty: none
    bool check = false;
    bool health = false;
    bool print_configuration = false;
};

/// The arguments; or the exit code, if all is said (--help, --version) or they are wrong (2).
std::variant<Arguments, int> parse_arguments(std::string_view program,
                                             const std::filesystem::path& default_configuration,
                                             int argc, const char* const* argv, std::ostream& out,
                                             std::ostream& errors);

} // namespace tern::daemon
