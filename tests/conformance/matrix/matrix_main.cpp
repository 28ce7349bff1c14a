// The main function of all suites: says what this run is about, and whether it can be here.
//
// By hand: TERN_STRATEGY=asio TERN_TRANSPORT=tls TERN_BINARIES=build/release/bin
//          build/release/bin/conformance_test -tc='pipelin*'

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "tests/conformance/matrix/run.h"

#include <csignal>
#include <iostream>

namespace {

constexpr int cannot_run_here = 77; // matrix.cmake

/// Some systems have no io_uring, and some containers forbid it; the server then names another
/// strategy.
bool can_run_here() {
    try {
        tern::conformance::start_server_once();
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
    struct sigaction ignore = {}; // a peer that is gone is an error to handle, not our end
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, nullptr);

    tern::conformance::print_models();
    std::cout << "Now: " << tern::conformance::model().strategy
              << (tern::conformance::encrypted() ? ", over TLS" : ", plain")
              << (tern::conformance::over_http2() ? ", HTTP/2" : "") << std::endl;
    if (!can_run_here())
        return cannot_run_here;
    doctest::Context context(argc, argv);
    return context.run();
} catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
}
