// tern-ftp: exchanges files with an FTP server.

#include "clients/ftp/arguments.h"
#include "clients/ftp/exit_code.h"
#include "clients/ftp/password.h"
#include "clients/ftp/scripted.h"
#include "clients/ftp/shell.h"
#include "common/base/escape.h"
#include "common/curl/easy.h"
#include "common/editing/line_editor.h"

#include <csignal>
#include <exception>
#include <iostream>

namespace {

using namespace tern::ftp_client;

int run(const Options& options) {
    tern::editing::use_utf8_locale();
    struct sigaction ignored = {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignored, nullptr);
    const tern::curl::Library library;
    const std::string& first = options.words.front();
    if (first == "get" || first == "put" || first == "ls")
        return run_scripted(options);
    Account account = account_from(first, options);
    complete_password(account);
    return Shell(std::move(account), options).run();
}

} // namespace

int main(int argc, char** argv) {
    const auto parsed = parse_arguments(argc, argv, std::cout, std::cerr);
    if (const int* const code = std::get_if<int>(&parsed))
        return *code;
    try {
        return run(std::get<Options>(parsed));
    } catch (const std::exception& error) {
        std::cerr << "tern-ftp: " << tern::printable(error.what()) << '\n';
        return exit_failed;
    }
}
