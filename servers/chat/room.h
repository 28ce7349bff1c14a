#pragma once
// A room: who is there, what was set in it, and what was said last.

#include "servers/chat/crowd.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::chat {

/// Something that was said in a room.
struct Said {
    std::uint64_t id = 0;
    WallClock::time_point time = {};
    std::string name, user, host, text;
    Manner manner = Manner::message;
    Door door = Door::line;

    /// Refers to this.
    Event event(std::string_view room) const;
};

struct RoomModes {
    bool invite_only = false;      ///< i
    bool moderated = false;        ///< m
    bool no_outside = false;       ///< n: only those inside may speak
    bool secret = false;           ///< s
    bool topic_guarded = false;    ///< t
    std::string key;               ///< k
    std::size_t limit = 0;         ///< l; 0: none
    std::vector<std::string> bans; ///< b: masks nick!user@host

    bool operator==(const RoomModes&) const = default;

    /// The flag of a letter that takes no argument; null if there is none.
    bool* flag(char letter) noexcept;
    /// Of these letters those that are flags; the others are unset.
    void set_flags(std::string_view letters) noexcept;
    /// "+nt", and the arguments after it.
    std::string letters() const;
    std::string arguments(bool with_key) const;
};

/// What was set in a room. It outlives its members (docs/decisions/0043).
struct RoomState {
    RoomModes modes;
    std::string topic, topic_by;
    WallClock::time_point topic_time = {};
    WallClock::time_point changed = {}; ///< any of it
};

class Room {
public:
    Room(std::string name, std::string key) : name_(std::move(name)), key_(std::move(key)) {}
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;

    const std::string& name() const noexcept { return name_; }
    const std::string& key() const noexcept { return key_; }
    const std::vector<Guest*>& members() const noexcept { return members_; }
    const Crowd& crowd() const noexcept { return crowd_; }
    Crowd& crowd() noexcept { return crowd_; }
    bool empty() const noexcept { return members_.empty(); }

    /// Returns the guest's stay.
    Stay& admit(Guest& guest, Deliveries& deliveries);
    void dismiss(Guest& guest, Deliveries& deliveries);
    /// Its voice has changed: `before` is what it was.
    void regroup(const Guest& guest, const Voice& before, Deliveries& deliveries);

    void remember(Said said, std::size_t most);
    const std::deque<Said>& said() const noexcept;
    void forget_before(WallClock::time_point time);

    bool is_invited(std::string_view key) const noexcept;
    void invite(std::string key);

    RoomState state;
    WallClock::time_point occupied_since = {}; ///< somebody has been in it ever since

private:
    const std::string name_;
    const std::string key_;
    std::vector<Guest*> members_;
    Crowd crowd_;
    // Of many rooms all that is known is who is there, and even an empty deque has memory.
    std::unique_ptr<std::deque<Said>> said_; ///< oldest first; null: nothing
    std::vector<std::string> invited_;       ///< keys of names
};

/// Whether an IRC mask ("*!*@host", with * and ?) fits `text`; letters of ASCII in any case.
bool mask_fits(std::string_view mask, std::string_view text) noexcept;

} // namespace tern::chat
