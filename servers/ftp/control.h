#pragma once
// The control connection: commands in, replies out.

#include "common/net/connection.h"
#include "common/protocol/ftp/command.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::ftp {

class Control {
public:
    Control(net::Connection& connection, std::size_t longest_command) noexcept
        : connection_(connection), parser_(longest_command) {}

    net::Connection& connection() noexcept { return connection_; }
    CommandParser& commands() noexcept { return parser_; }

    /// Queues a reply; flush() sends it.
    void reply(unsigned code, std::string_view text);
    bool has_replies() const noexcept { return !replies_.empty(); }
    /// False: the client is gone, or takes nothing.
    Task<bool> flush();

    /// One attempt to read commands.
    net::Progress read_some();

private:
    net::Connection& connection_;
    CommandParser parser_;
    std::string replies_;
};

} // namespace tern::ftp
