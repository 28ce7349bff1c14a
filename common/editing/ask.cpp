#include "common/editing/ask.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>

namespace tern::editing {

std::optional<std::string> ask(const std::string& program, const std::string& prompt,
                               const LineEditor::Completer& completer) {
    std::optional<std::string> answer;
    bool is_answered = false;
    if (::isatty(STDIN_FILENO) != 1) { // a script: nothing to edit
        std::string line;
        return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
    }
    std::optional<LineEditor> editor;
    const LineEditor::Taker take = [&](std::optional<std::string> line) {
        answer = std::move(line);
        is_answered = true;
        editor->finish();
    };
    editor.emplace(program, prompt, take, completer);
    while (!is_answered) {
        pollfd input = {STDIN_FILENO, POLLIN, 0};
        if (::poll(&input, 1, -1) < 0 && errno == EINTR) {
            answer = "";
            break;
        }
        editor->read_key();
    }
    editor.reset();
    if (!answer || answer->empty())
        std::fputs(answer && is_answered ? "" : "\n", stdout);
    return answer;
}

std::optional<std::string> ask_password(const std::string& prompt) {
    termios before = {};
    if (::tcgetattr(STDIN_FILENO, &before) != 0)
        return std::nullopt;
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::cerr << prompt << std::flush;
    std::string password;
    const bool is_there = static_cast<bool>(std::getline(std::cin, password));
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::cerr << '\n';
    return is_there ? std::optional(password) : std::nullopt;
}

} // namespace tern::editing
