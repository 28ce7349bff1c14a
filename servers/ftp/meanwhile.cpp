#include "servers/ftp/meanwhile.h"

namespace tern::ftp {
namespace {

using Outcome = net::Progress::Outcome;

/// Of commands that wait, in bytes: who says more is heard again once these had their turn.
constexpr std::size_t most_waiting = 8192;

} // namespace

Meanwhile::Heard Meanwhile::hear(const std::function<std::string()>& progress) {
    CommandParser& commands = exchange_.control.commands();
    for (;;) {
        const bool is_first = waiting_ == 0;
        Command command;
        const CommandParser::Outcome next = commands.look(command, waiting_);
        if (next == CommandParser::Outcome::need_more) {
            const std::optional<Heard> heard = is_quiet() ? Heard::nothing_new : read();
            if (heard)
                return *heard;
        } else if (next != CommandParser::Outcome::command) {
            continue; // it is complained of later
        } else if (command.verb == "ABOR") {
            if (is_first)
                commands.next(command);
            took_abort_ = is_first;
            return Heard::abort;
        } else if (is_first && answer(command, progress)) {
            commands.next(command);
            waiting_ = 0;
        } else if (command.verb == "QUIT") {
            has_quit_ = true;
        }
    }
}

/// False: the command is for later.
bool Meanwhile::answer(const Command& command, const std::function<std::string()>& progress) {
    if (command.verb == "NOOP")
        exchange_.reply(200, "Yes, and the work goes on.");
    else if (command.verb == "STAT" && command.argument.empty())
        exchange_.reply(213, progress()); // RFC 959 §4.1.3: how far it is
    else
        return false;
    return true;
}

/// Nothing: there may be more.
std::optional<Meanwhile::Heard> Meanwhile::read() {
    const net::Progress progress = exchange_.control.read_some();
    if (progress.outcome == Outcome::moved)
        return std::nullopt;
    if (progress.outcome == Outcome::blocked)
        is_quiet_ = progress.interest != 0;
    else if (progress.outcome == Outcome::ended && has_quit_)
        has_ended_ = true;
    else
        return Heard::client_is_gone;
    return Heard::nothing_new;
}

bool Meanwhile::is_deaf() const noexcept {
    return has_ended_ || exchange_.control.commands().size() >= most_waiting;
}

pollfd Meanwhile::interest() noexcept {
    return is_deaf() ? pollfd{-1, 0, 0} : exchange_.control.connection().interest(POLLIN);
}

void Meanwhile::observe(short revents) noexcept {
    if (revents != 0)
        is_quiet_ = false;
    exchange_.control.connection().observe(revents);
}

void Meanwhile::look_again() noexcept {
    observe(0);
    is_quiet_ = false;
}

} // namespace tern::ftp
