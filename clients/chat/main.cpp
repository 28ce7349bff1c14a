// tern-chat: talks with the others in a chat.

#include "clients/chat/arguments.h"
#include "clients/chat/client.h"
#include "clients/chat/editor_screen.h"
#include "clients/chat/pipe_screen.h"
#include "common/base/escape.h"
#include "common/base/result.h"
#include "common/editing/line_editor.h"
#include "common/terminal/paint.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <system_error>

namespace {

using namespace tern::chat_client;

/// Signals become readable, so that none of them leaves the terminal as the editor has it.
tern::UniqueFd catch_signals(bool has_prompt) {
    ::sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGHUP);
    if (has_prompt) {
        ::sigaddset(&signals, SIGWINCH);
        ::sigaddset(&signals, SIGTSTP);
    }
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    struct sigaction ignored = {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignored, nullptr);
    tern::UniqueFd descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor)
        throw std::system_error(tern::last_error(), "signalfd");
    return descriptor;
}

int run(const Options& options) {
    tern::editing::use_utf8_locale();
    Conversation conversation(options.name);
    const Appearance appearance(tern::terminal::wants_colour(STDOUT_FILENO), options.timestamps,
                                options.bell);
    tern::UniqueFd signals = catch_signals(options.prompt);
    const auto talk = [&](Screen& screen) {
        return Client(options, conversation, screen, std::move(signals)).run();
    };
    if (options.prompt) {
        EditorScreen screen(appearance, conversation);
        return talk(screen);
    }
    PipeScreen screen(appearance, conversation);
    return talk(screen);
}

} // namespace

int main(int argc, char** argv) {
    const bool is_terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
    const auto parsed = parse_arguments(argc, argv, is_terminal, std::cout, std::cerr);
    if (const int* const code = std::get_if<int>(&parsed))
        return *code;
    try {
        return run(std::get<Options>(parsed));
    } catch (const std::exception& error) {
        std::cerr << "tern-chat: " << tern::printable(error.what()) << '\n';
        return exit_no_connection;
    }
}
