#pragma once
// A session's bounded mailbox: what others send it, from any thread, while it waits.

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tern {

class Session;

/// One buffer, shared by every mailbox that it is put into.
using Message = std::shared_ptr<const std::string>;

/// So much may lie in wait for one reader in any case, in bytes (docs/decisions/0049).
inline constexpr std::size_t most_post_bytes = std::size_t{16} << 20;
/// What a waiting message takes besides its bytes.
inline constexpr std::size_t message_overhead = 64;

/// What happens when a mailbox is full because its reader is slow.
enum class Overflow {
    disconnect,  ///< the mailbox closes; its session should end
    drop_oldest, ///< the oldest message goes; the count of the lost ones is kept
};

class Mailbox {
public:
    /// `capacity` in messages: so many may wait while the owner is blocked. One that has merely not
    /// had its turn yet is no slow reader: for it only `most_post_bytes` counts. The owner outlives
    /// the mailbox.
    Mailbox(Session& owner, std::size_t capacity, Overflow overflow) noexcept;

    /// Any thread: stores the message, and wakes the owner if it has taken all that came before.
    /// Any wait of the session may use that up: it looks here again before it waits for nothing
    /// but post.
    void put(Message message);

    /// Any thread: no further message will come (the hub is gone); wakes the owner.
    void close();

    /// The owner only: whether its client takes nothing for now.
    void note_blocked(bool is_blocked);

    /// What arrived since the last call.
    struct Post {
        std::vector<Message> messages;
        std::size_t lost = 0; ///< messages dropped before the first of these
        bool closed = false;  ///< nothing more will come
        bool overrun = false; ///< because too much has come
    };
    /// The owner only.
    Post take();
    /// The same, into the room that `post` has: no allocation while that is enough.
    void take(Post& post);
    /// Whether nothing more will come; what has come may still be taken.
    bool is_closed();
    /// Whether that is because too much has come.
    bool is_overrun();

private:
    bool is_full(std::size_t weight) const noexcept;
    void replace_oldest(Message message, std::size_t weight);
    void put_in_order();

    Session& owner_;
    const std::size_t capacity_;
    const Overflow overflow_;
    std::mutex mutex_;
    std::vector<Message> messages_;
    std::size_t oldest_ = 0; ///< its place; the others follow it, and then those before it
    std::size_t bytes_ = 0;  ///< that lie here, with their overhead
    std::size_t lost_ = 0;
    bool blocked_ = false;
    bool closed_ = false;
    bool overrun_ = false;
};

} // namespace tern
