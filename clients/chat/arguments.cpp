#include "clients/chat/arguments.h"

#include "clients/chat/destination.h"
#include "common/base/command_line.h"
#include "generated/version.h"

#include <CLI/CLI.hpp>

namespace tern::chat_client {
namespace {

constexpr auto footer = R"(Examples:
  tern-chat localhost
  tern-chat chat.example.org:4000 --tls --name ann
  tern-chat localhost:4001 --udp
  echo 'The build is green.' | tern-chat localhost --name robot
  tern-chat localhost --name log --no-prompt --stay </dev/null >chat.log

A line is what you say; one that begins with a slash is a command, and /help lists them. Tab
completes names and commands, Ctrl-D leaves. Nothing that comes from the server can control the
terminal. Colours: only on a terminal, and never if NO_COLOR is set.

Exit codes: 0 left as wished, 1 no connection, or it was lost for good, 2 bad arguments,
130 interrupted.)";

void declare(CLI::App& app, Options& options) {
    app.add_option("server", options.server, "Where the chat is; the port is 4000 if none is given")
        ->option_text("HOST[:PORT]")
        ->required();
    app.add_option("-n,--name", options.name, "Enter by this name; otherwise the server asks")
        ->option_text("NAME");
    app.add_flag("--tls", options.tls, "Speak TLS")->disable_flag_override();
    app.add_option("--cafile", options.ca_file, "Whom to trust, instead of the system's list")
        ->option_text("FILE");
    app.add_flag("-k,--insecure", options.insecure, "Trust any certificate")
        ->disable_flag_override();
    app.add_flag("--udp", options.udp, "Speak by datagrams; the port is 4001 if none is given")
        ->disable_flag_override();
    app.add_flag("!--no-prompt", options.prompt,
                 "For pipes: what is said comes from the standard input, line by line, and what is "
                 "heard goes to the standard output as it is. Implied where either is no terminal");
    app.add_flag("--stay", options.stay, "For pipes: do not leave when the input ends")
        ->disable_flag_override();
    app.add_flag("!--no-reconnect", options.reconnect,
                 "Do not come back when the connection is lost");
    app.add_flag("--timestamps,!--no-timestamps", options.timestamps,
                 "Tell when a message came (default: on a terminal)");
    app.add_flag("--bell", options.bell, "Ring when somebody says your name")
        ->disable_flag_override();
}

std::string contradiction(const Options& options) {
    if (options.tls && options.udp)
        return "--tls and --udp exclude each other";
    if (!options.tls && (options.insecure || !options.ca_file.empty()))
        return "--insecure and --cafile go with --tls";
    if (!destination_from(options.server, 1))
        return "HOST or HOST:PORT is expected, not " + options.server;
    return {};
}

} // namespace

std::variant<Options, int> parse_arguments(int argc, const char* const* argv, bool is_terminal,
                                           std::ostream& out, std::ostream& errors) {
    CLI::App app("Talks with the others in a chat.", "tern-chat");
    Options options;
    options.prompt = is_terminal;
    options.timestamps = is_terminal;
    declare(app, options);
    app.set_version_flag("--version", "tern-chat " + std::string(generated::version));
    app.footer(footer);
    const std::optional<int> ending =
        read_command_line(app, argc, argv, out, errors, [&] { return contradiction(options); });
    if (ending)
        return *ending;
    return options;
}

} // namespace tern::chat_client
