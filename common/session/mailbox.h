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

/// What happens when a mailbox is full because its reader is slow.
enum class Overflow {
    disconnect,  ///< the mailbox closes; its session should end
    drop_oldest, ///< the oldest message goes; the count of the lost ones is kept
};

class Mailbox {
public:
    /// `capacity` in messages. The owner outlives the mailbox.
    Mailbox(Session& owner, std::size_t capacity, Overflow overflow) noexcept;

    /// Any thread: stores the message, and wakes the owner if it has taken all that came before.
    /// Any wait of the session may use that up: it looks here again before it waits for nothing
    /// but post.
    void put(Message message);

    /// Any thread: no further message will come (the hub is gone); wakes the owner.
    void close();

    /// What arrived since the last call.
    struct Post {
        std::vector<Message> messages;
        std::size_t lost = 0; ///< messages dropped before the first of these
        bool closed = false;  ///< nothing more will come
    };
    /// The owner only.
    Post take();
    /// The same, into the room that `post` has: no allocation while that is enough.
    void take(Post& post);
    /// Whether nothing more will come; what has come may still be taken.
    bool is_closed();

private:
    Session& owner_;
    const std::size_t capacity_;
    const Overflow overflow_;
    std::mutex mutex_;
    std::vector<Message> messages_;
    std::size_t lost_ = 0;
    bool closed_ = false;
};

} // namespace tern
