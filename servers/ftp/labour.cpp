#include "servers/ftp/labour.h"

#include "servers/ftp/exchange.h"

#include <memory>
#include <utility>

namespace tern::ftp {
namespace {

using Outcome = net::Progress::Outcome;

enum class Heard : unsigned char { nothing_new, abort, client_is_gone };

/// False: the command is for later.
bool answer(Exchange& exchange, const Labour& labour, const Command& command) {
    if (command.verb == "NOOP")
        exchange.reply(200, "Yes, and the work goes on.");
    else if (command.verb == "STAT" && command.argument.empty())
        exchange.reply(213, labour.progress());
    else
        return false;
    return true;
}

/// Answers what can be answered meanwhile. `deferring`: a command waits for the end.
Heard attend(Exchange& exchange, const Labour& labour, bool& deferring) {
    CommandParser& commands = exchange.control.commands();
    while (!deferring) {
        Command command;
        const CommandParser::Outcome next = commands.peek(command);
        if (next == CommandParser::Outcome::need_more) {
            const net::Progress progress = exchange.control.read_some();
            if (progress.outcome == Outcome::ended || progress.outcome == Outcome::failed)
                return Heard::client_is_gone;
            if (progress.outcome == Outcome::blocked)
                break;
        } else if (next == CommandParser::Outcome::command && command.verb == "ABOR") {
            commands.next(command);
            return Heard::abort;
        } else if (next == CommandParser::Outcome::command && answer(exchange, labour, command)) {
            commands.next(command);
        } else {
            deferring = true;
        }
    }
    return Heard::nothing_new;
}

} // namespace

Task<bool> run_labour(Exchange& exchange) {
    const std::unique_ptr<Labour> labour = std::move(exchange.labour);
    net::Connection& connection = exchange.control.connection();
    const net::Progress turn_of_others = net::Progress::blocked(0);
    bool deferring = false;
    while (!labour->advance(exchange)) {
        const Heard heard = attend(exchange, *labour, deferring);
        if (heard == Heard::client_is_gone)
            co_return false;
        if (heard == Heard::abort) {
            exchange.reply(426, "Aborted."); // RFC 959 §4.1.3
            exchange.reply(226, "The command was aborted.");
            co_return true;
        }
        if (exchange.control.has_replies()) {
            const bool sent = co_await exchange.control.flush();
            if (!sent)
                co_return false;
        }
        co_await connection.progress_possible(turn_of_others, no_deadline);
    }
    co_return true;
}

} // namespace tern::ftp
