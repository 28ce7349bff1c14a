// By hand: TERN_STRATEGY=asio TERN_TRANSPORT=tls TERN_BINARIES=build/release/bin
//          build/release/bin/web_conformance_test -tc='*order*'

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "tests/conformance/web/web_server.h"

#include <csignal>
#include <iostream>

namespace {

constexpr int cannot_run_here = 77; // matrix.cmake

/// Some systems have no io_uring, and some containers forbid it; the server then names epoll.
bool can_run_here() {
    try {
        const tern::conformance::web::Server server;
        return true;
    } catch (const std::exception& error) {
        const std::string said = error.what();
        if (said.find("exit code 1") == std::string::npos ||
            said.find("epoll") == std::string::npos)
            throw;
        std::cout << "SKIPPED, for " << said << std::endl;
        return false;
    }
}

} // namespace

int main(int argc, char** argv) try {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, nullptr);
    if (!can_run_here())
        return cannot_run_here;
    doctest::Context context(argc, argv);
    return context.run();
} catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
}
