#include "common/daemon/arguments.h"

#include "common/base/command_line.h"
#include "generated/version.h"

#include <CLI/CLI.hpp>

namespace tern::daemon {
namespace {

void declare(CLI::App& app, Arguments& arguments, std::string& configuration,
             std::string& port_file) {
    app.add_option("--config", configuration, "The configuration, a JSON file")
        ->option_text("FILE [" + configuration + "]");
    app.add_option("--set", arguments.overrides,
                   "Change the configuration: a dotted path into it, and JSON or plain text; "
                   "for example listeners.0.port=0 (repeatable)")
        ->option_text("PATH=VALUE")
        ->allow_extra_args(false);
    app.add_option("--port-file", port_file,
                   "Write NAME ADDRESS PORT of every listener there, once all listen")
        ->option_text("FILE");
    app.add_flag("--check", arguments.check, "Check the configuration and exit")
        ->disable_flag_override();
    app.add_flag("--health", arguments.health,
                 "Ask whether a running server with this configuration answers, and exit: 0 if so")
        ->disable_flag_override();
    app.add_flag("--print-config", arguments.print_configuration,
                 "Print the configuration with all defaults and exit")
        ->disable_flag_override();
    app.set_version_flag("--version",
                         std::string(app.get_name()) + ' ' + std::string(generated::version));
    app.footer("Environment: TERN_SET_concurrency__strategy=epoll is the same as --set "
               "concurrency.strategy=epoll; --set comes later and wins.\n\n"
               "Exit codes: 0 stopped cleanly, 1 failure such as an address in use, "
               "2 bad arguments or configuration.");
}

} // namespace

std::variant<Arguments, int> parse_arguments(std::string_view program,
                                             const std::filesystem::path& default_configuration,
                                             int argc, const char* const* argv, std::ostream& out,
                                             std::ostream& errors) {
    CLI::App app("", std::string(program));
    Arguments arguments;
    std::string configuration = default_configuration.string();
    std::string port_file;
    declare(app, arguments, configuration, port_file);
    const std::optional<int> ending = read_command_line(app, argc, argv, out, errors);
    if (ending)
        return *ending;
    arguments.configuration = configuration;
    arguments.port_file = port_file;
    return arguments;
}

} // namespace tern::daemon
