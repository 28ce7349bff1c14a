#include "servers/ftp/control.h"

#include "common/protocol/ftp/reply.h"

#include <array>
#include <utility>

namespace tern::ftp {
namespace {

/// For a client to take a reply.
constexpr std::chrono::seconds reply_patience{30};

} // namespace

void Control::reply(unsigned code, std::string_view text) { append_reply(replies_, code, text); }

Task<bool> Control::flush() {
    const std::string replies = std::exchange(replies_, std::string());
    const std::string_view text = replies;
    const Result<void> written = co_await connection_.write(text, reply_patience);
    co_return written.has_value();
}

net::Progress Control::read_some() {
    std::array<char, 1024> bytes;
    const net::Progress progress = connection_.try_read(bytes);
    if (progress.outcome == net::Progress::Outcome::moved)
        parser_.feed({bytes.data(), progress.bytes});
    return progress;
}

} // namespace tern::ftp
