#include "servers/chat/outbox.h"

#include <algorithm>
#include <climits>
#include <utility>

namespace tern::chat {
namespace {

using net::Progress;

iovec piece_of(std::string_view bytes) {
    // sendmsg never writes through the pointer; iovec's type predates const.
    return {const_cast<char*>(bytes.data()), bytes.size()};
}

} // namespace

bool Outbox::collect() {
    mailbox_.take(post_);
    named_ = not_named_ = false;
    counters_.dropped.add(post_.lost);
    if (post_.overrun)
        note_too_slow();
    for (const Message& message : post_.messages) {
        const Answer answer = answer_of(*message);
        named_ = named_ || answer == Answer::named;
        not_named_ = not_named_ || answer == Answer::not_named;
        closing_ = closing_ || answer == Answer::closing;
        cut_ = answer == Answer::part;
    }
    return !post_.messages.empty();
}

Task<bool> Outbox::send(Clock::duration patience) {
    const std::string first = std::exchange(first_, {});
    const std::string own = std::exchange(own_, {});
    std::vector<iovec> pieces;
    pieces.reserve(post_.messages.size() + 2);
    pieces.push_back(piece_of(first));
    for (const Message& message : post_.messages)
        pieces.push_back(piece_of(wire_bytes(*message)));
    pieces.push_back(piece_of(own));
    std::span<iovec> left(pieces);
    bool was_blocked = false;
    Clock::time_point deadline = connection_.now() + patience;
    for (left = net::consume(left, 0); !left.empty();) {
        const Progress progress =
            connection_.try_write(left.first(std::min<std::size_t>(left.size(), IOV_MAX)));
        if (progress.outcome == Progress::Outcome::failed)
            co_return false;
        left = net::consume(left, progress.bytes);
        if (progress.outcome != Progress::Outcome::blocked) {
            deadline = connection_.now() + patience;
            continue;
        }
        const bool is_blocked = progress.interest != 0; // or else it only lets others run
        if (is_blocked && !std::exchange(was_blocked, true))
            mailbox_.note_blocked(true);
        const net::Awakening awakening = co_await connection_.progress_possible(progress, deadline);
        if (awakening == net::Awakening::late || mailbox_.is_overrun())
            note_too_slow();
        if (awakening == net::Awakening::late || mailbox_.is_closed())
            co_return false;
    }
    if (was_blocked)
        mailbox_.note_blocked(false);
    note_latency();
    post_.messages.clear();
    co_return true;
}

void Outbox::note_too_slow() noexcept {
    if (!std::exchange(was_too_slow_, true))
        counters_.disconnected_slow.add();
}

void Outbox::note_latency() const noexcept {
    if (post_.messages.empty())
        return;
    const Clock::time_point said = time_of(*post_.messages.front());
    if (said != Clock::time_point())
        counters_.latency.observe(connection_.now() - said);
}

} // namespace tern::chat
