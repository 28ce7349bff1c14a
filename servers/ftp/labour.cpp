#include "servers/ftp/labour.h"

#include "servers/ftp/meanwhile.h"

#include <memory>
#include <utility>

namespace tern::ftp {

Task<bool> run_labour(Exchange& exchange) {
    const std::unique_ptr<Labour> labour = std::move(exchange.labour);
    net::Connection& connection = exchange.control.connection();
    const net::Progress turn_of_others = net::Progress::blocked(0);
    const std::function<std::string()> progress = [&labour] { return labour->progress(); };
    Meanwhile meanwhile(exchange);
    while (!labour->advance(exchange)) {
        meanwhile.look_again();
        const Meanwhile::Heard heard = meanwhile.hear(progress);
        if (heard == Meanwhile::Heard::client_is_gone)
            co_return false;
        if (heard == Meanwhile::Heard::abort) {
            exchange.reply(426, "Aborted."); // RFC 959 §4.1.3
            if (meanwhile.took_abort())
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
