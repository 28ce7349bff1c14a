#include "clients/ftp/arguments.h"

#include "clients/ftp/exit_code.h"
#include "common/base/command_line.h"
#include "generated/version.h"

#include <CLI/CLI.hpp>

namespace tern::ftp_client {
namespace {

constexpr auto footer = R"(Examples:
  tern-ftp localhost:2121
  tern-ftp ann@ftp.example.org --tls
  tern-ftp ls ftp://localhost:2121/
  tern-ftp get ftp://localhost:2121/a.iso ftp://localhost:2121/b.iso --continue
  tern-ftp get ftp://localhost:2121/folder/ --recursive --into here
  TERN_FTP_PASSWORD=secret tern-ftp put a.txt b.txt ftp://ann@localhost:2121/incoming/

Without a user it is anonymous. The password is asked for on a terminal, or taken from the variable
TERN_FTP_PASSWORD. A download is NAME.part until it is whole and, where the server can tell digests
(HASH), until they agree.

Exit codes: 0 done, 1 failed, 2 bad arguments, 3 the login was refused, 4 digests differ,
130 interrupted.)";

void declare(CLI::App& app, Options& options, bool& tls, bool& implicit) {
    app.add_option("words", options.words,
                   "[USER@]HOST[:PORT] for a session; or get URL..., put FILE... URL, ls URL")
        ->option_text("SERVER | COMMAND ...")
        ->required();
    app.add_flag("--tls", tls, "FTPS: encrypt after AUTH TLS")->disable_flag_override();
    app.add_flag("--implicit-tls", implicit, "FTPS: encrypt from the first byte")
        ->disable_flag_override();
    app.add_option("--cafile", options.ca_file, "Whom to trust, instead of the system's list")
        ->option_text("FILE");
    app.add_flag("-k,--insecure", options.insecure, "Trust any certificate")
        ->disable_flag_override();
    app.add_flag("--active", options.active, "The server opens the data connections")
        ->disable_flag_override();
    app.add_flag("-C,--continue", options.resume, "Go on with what is there of a file already")
        ->disable_flag_override();
    app.add_flag("-r,--recursive", options.recursive, "get, put: folders with all that is in them")
        ->disable_flag_override();
    app.add_flag("!--no-verify", options.verify, "Do not compare digests");
    app.add_option("--into", options.folder, "get: the local folder")->option_text("FOLDER [.]");
    app.add_option("-P,--parallel", options.parallel, "How many files mget brings at a time")
        ->option_text("N [4]")
        ->check(CLI::Range(1U, 32U));
}

std::string contradiction(const Options& options) {
    const std::string& first = options.words.front();
    const std::size_t count = options.words.size();
    if (first == "get" && count < 2)
        return "get needs a URL";
    if (first == "put" && count < 3)
        return "put needs a file and a URL";
    if (first == "ls" && count != 2)
        return "ls needs one URL";
    if (first != "get" && first != "put" && first != "ls" && count > 1)
        return "unknown command " + first;
    return {};
}

} // namespace

std::variant<Options, int> parse_arguments(int argc, const char* const* argv, std::ostream& out,
                                           std::ostream& errors) {
    CLI::App app("Exchanges files with an FTP server.", "tern-ftp");
    Options options;
    bool tls = false;
    bool implicit = false;
    declare(app, options, tls, implicit);
    app.set_version_flag("--version", "tern-ftp " + std::string(generated::version));
    app.footer(footer);
    const std::optional<int> ending =
        read_command_line(app, argc, argv, out, errors, [&] { return contradiction(options); });
    if (ending)
        return *ending;
    if (implicit)
        options.security = Security::implicit_tls;
    else if (tls)
        options.security = Security::explicit_tls;
    return options;
}

} // namespace tern::ftp_client
