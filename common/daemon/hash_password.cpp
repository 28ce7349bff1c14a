#include "common/daemon/hash_password.h"

#include "common/base/password.h"

#include <termios.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>

namespace tern::daemon {
namespace {

/// While it lives, the terminal on standard input does not show what is typed.
class SilentTerminal {
public:
    SilentTerminal() noexcept {
        is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!is_terminal_)
            return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    ~SilentTerminal() {
        if (is_terminal_)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

    bool is_terminal() const noexcept { return is_terminal_; }

private:
    termios before_ = {};
    bool is_terminal_ = false;
};

std::string read_line() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}

/// The prompt is no output: that is the hash.
std::string ask(std::string_view prompt) {
    std::cerr << prompt << std::flush;
    std::string answer = read_line();
    std::cerr << '\n';
    return answer;
}

} // namespace

int print_password_hash(std::string_view program) try {
    std::string password;
    bool is_certain = true;
    {
        const SilentTerminal silence;
        password = silence.is_terminal() ? ask("Password: ") : read_line();
        if (silence.is_terminal() && !password.empty())
            is_certain = ask("Once more: ") == password;
    }
    if (password.empty() || !is_certain) {
        std::cerr << program << ": hash-password: "
                  << (is_certain ? "no password on standard input" : "these are two passwords")
                  << '\n';
        return 2;
    }
    std::cout << hash_password(password) << std::endl;
    return 0;
} catch (const std::exception& error) {
    std::cerr << program << ": hash-password: " << error.what() << '\n';
    return 1;
}

} // namespace tern::daemon
