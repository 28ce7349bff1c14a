#include "common/base/command_line.h"

#include "common/base/escape.h"

#include <CLI/CLI.hpp>

#include <ostream>

namespace tern {

std::optional<int> read_command_line(CLI::App& app, int argc, const char* const* argv,
                                     std::ostream& out, std::ostream& errors,
                                     const std::function<std::string()>& contradiction) {
    std::string complaint;
    try {
        app.parse(argc, argv);
        if (contradiction)
            complaint = contradiction();
    } catch (const CLI::Success& success) { // --help, --version
        return app.exit(success, out, errors);
    } catch (const CLI::ParseError& error) {
        complaint = error.what();
    }
    if (complaint.empty())
        return std::nullopt;
    errors << app.get_name() << ": " << printable(complaint) << " (see --help)\n";
    return exit_bad_arguments;
}

} // namespace tern
