#pragma once
// A member as the hub knows it.

#include "common/base/clock.h"
#include "common/hub/hub.h"
#include "servers/chat/backlog.h"
#include "servers/chat/event.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tern::chat {

class Room;

/// What a dialect needs to know of a client: those for whom it is the same get the same bytes.
struct Voice {
    Door door = Door::line;
    std::uint64_t capabilities = 0;
    friend bool operator==(const Voice&, const Voice&) = default;
};

/// A member's stay in one room.
struct Stay {
    Room* room = nullptr;
    std::size_t seat = 0; ///< in the room's list
    bool is_operator = false;
    bool has_voice = false;
};

/// How a member who may come back does so (docs/decisions/0029).
struct WayBack {
    Backlog backlog;
    std::string token;              ///< which proves who it is
    Clock::time_point expires = {}; ///< when it is waited for no more
};

/// What few members ever have.
struct Extras {
    std::string account, away;
    std::vector<std::string> ignored; ///< keys of names
};

/// There may be very many: what few of them need is apart.
struct Guest {
    Member id = nobody;
    Voice voice;
    std::string address; ///< without the port
    std::uint64_t address_key = 0;
    std::string name; ///< empty: has not entered yet
    std::string key;  ///< of the name
    std::string user, real_name;
    bool greeted = false; ///< has said hello
    bool is_operator = false;
    bool is_invisible = false;         ///< to strangers who search
    bool is_gone = false;              ///< expelled or gone; its session has yet to end
    bool is_cut_off = false;           ///< it has no connection
    std::unique_ptr<WayBack> way_back; ///< null: it may not come back
    std::unique_ptr<Extras> own_extras;
    std::vector<Stay> stays; ///< the last one is the current room
    WallClock::time_point entered = {}, last_spoke = {};
    std::uint64_t mark = 0; ///< scratch: the last round that has come by

    const Extras& extras() const noexcept {
        static const Extras none;
        return own_extras ? *own_extras : none;
    }
    Extras& change_extras() {
        if (!own_extras)
            own_extras = std::make_unique<Extras>();
        return *own_extras;
    }
    bool is_named() const noexcept { return !name.empty(); }
    Stay* stay_in(const Room& room) noexcept {
        for (Stay& stay : stays)
            if (stay.room == &room)
                return &stay;
        return nullptr;
    }
    Person person() const {
        Person person;
        person.name = name;
        person.user = user;
        person.host = address;
        person.real_name = real_name;
        person.account = extras().account;
        person.away = extras().away;
        person.door = voice.door;
        person.is_operator = is_operator;
        person.is_invisible = is_invisible;
        person.entered = entered;
        person.last_spoke = last_spoke;
        return person;
    }
    Person person(const Stay* stay) const {
        Person result = person();
        result.is_room_operator = stay != nullptr && stay->is_operator;
        result.has_voice = stay != nullptr && stay->has_voice;
        return result;
    }
};

} // namespace tern::chat
