#include "servers/ftp/last_word.h"

#include <string>

namespace tern::ftp {

/// If the client takes it at once: nobody waits any more.
void LastWord::say() noexcept try {
    net::Connection& connection = exchange_.control.connection();
    const std::string whose =
        exchange_.is_logged_in() ? "of \"" + exchange_.user->name + '"' : "before its login";
    log_.warning("session {} was cut off, from {}", whose, connection.endpoints().peer.host());
    std::string farewell = "421 The server cannot go on. Goodbye.\r\n";
    const iovec piece = {farewell.data(), farewell.size()};
    connection.observe(0); // a turn of its own
    connection.try_write({&piece, 1});
} catch (...) { // no memory: then without a word
    return;
}

} // namespace tern::ftp
