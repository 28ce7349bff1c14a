#pragma once
// The chat itself: who is in it, in which rooms, what they say and who hears it.
//
// Requests of sessions in, events out in every dialect: no sockets, no coroutines, no clock of its
// own. One thread at a time calls it (common/hub/hub.h), and the order in which it does things is
// the order in which everybody hears of them.

#include "common/base/clock.h"
#include "common/base/keyed_rates.h"
#include "common/hub/hub.h"
#include "servers/chat/chat_counters.h"
#include "servers/chat/courier.h"
#include "servers/chat/hub_settings.h"
#include "servers/chat/journal.h"
#include "servers/chat/penalties.h"
#include "servers/chat/room.h"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tern::chat {

/// Both clocks; a simulation has its own.
class ChatTime {
public:
    virtual ~ChatTime() = default;
    virtual Clock::time_point now() const { return Clock::now(); }
    virtual WallClock::time_point wall() const { return WallClock::now(); }
};

class ChatHub final : public Hub {
public:
    /// What the hub works with; all of it outlives the hub.
    struct Surroundings {
        const Dialects& dialects;
        const ChatCounters& counters;
        const ChatTime& time;
        Journal* journal = nullptr;
    };
    ChatHub(HubSettings settings, const Surroundings& surroundings);
    ~ChatHub() override;

    void entered(Member member, Deliveries& deliveries) override;
    void received(Member from, std::string_view message, Deliveries& deliveries) override;
    void left(Member member, Deliveries& deliveries) override;

    /// Before anybody is there: what was said in the room `name` in an earlier life, and then what
    /// was set there.
    void restore(std::string_view name, Said said);
    void restore(std::string_view name, RoomState state);

    std::size_t members() const noexcept { return by_name_.size(); }

private:
    using Handler = void (ChatHub::*)(Guest&, const Request&);
    static Handler handler_of(Request::Kind kind) noexcept;
    bool may_ask(Guest& guest, const Request& request);
    void handle(Guest& guest, const Request& request);

    // chat_hub_pace.cpp
    static std::uint64_t whole_seconds(Clock::duration duration);
    static bool has_to_pay(const Guest& guest, const Request& request);
    /// How long it must wait; zero if it need not, which is counted.
    Clock::duration pay_for_request(Member member, std::uint64_t address_key);
    bool is_too_fast(const Guest& guest, const Request& request);
    void fulfil(Guest& guest, const Request& request);

    // chat_hub.cpp: coming and going
    void hello(Guest& guest, const Request& request);
    void capabilities(Guest& guest, const Request& request);
    void enter(Guest& guest, const Request& request);
    void rename(Guest& guest, const Request& request);
    void echo(Guest& guest, const Request& request);
    void together(Guest& guest, const Request& request);
    void census(Guest& guest, const Request& request);
    Census count() const;
    void quit(Guest& guest, const Request& request);
    Refusal refusal_of_name(const Name& name, const Guest& guest) const;
    void go(Guest& guest, std::string_view reason);
    void expel(Guest& guest, std::string_view reason);

    // chat_hub_resume.cpp
    void resume(Guest& guest, const Request& request);
    void tick(Guest& guest, const Request& request);
    void let_return(Guest& guest);
    void cut_off(Guest& guest);
    void take_over(Guest& kept, const Guest& guest, const std::vector<Message>& missed);
    void tell_again(const Guest& guest, const std::vector<Message>& missed);

    // chat_hub_rooms.cpp
    void join(Guest& guest, const Request& request);
    void part(Guest& guest, const Request& request);
    void topic(Guest& guest, const Request& request);
    void names(Guest& guest, const Request& request);
    void rooms(Guest& guest, const Request& request);
    void invite(Guest& guest, const Request& request);
    void modes(Guest& guest, const Request& request);
    void mode(Guest& guest, const Request& request);
    static bool is_banned(const Guest& guest, const Room& room);
    Refusal refusal_to_join(const Guest& guest, const Room& room, std::string_view key) const;
    void join_room(Guest& guest, Room& room, std::string_view label);
    void leave_room(Guest& guest, Room& room, std::string_view reason, std::string_view label);
    void show_names(const Guest& guest, const Room& room, Event event);
    void own_mode(Guest& guest, const Request& request);
    Refusal apply_mode(Room& room, const Request& request, Event& event);
    Room* room_for(Guest& guest, const Request& request);
    Room* find_room(std::string_view name);
    Room* make_room(std::string_view wanted, Refusal& refusal);
    bool is_useless(const Room& room) const;
    void drop_if_useless(Room& room);
    void forget_old(Room& room);
    void state_changed(Room& room);

    // chat_hub_history.cpp
    void history(Guest& guest, const Request& request);
    void histories(Guest& guest, const Request& request);
    void show_history(const Guest& guest, Room& room, std::size_t from, std::size_t to,
                      std::string_view label, bool on_joining);

    // chat_hub_speech.cpp
    void say(Guest& guest, const Request& request);
    void say_to_person(Guest& guest, const Request& request);
    Refusal refusal_to_speak(const Guest& guest, const Request& request, Event& refused);
    Refusal refusal_to_speak_in(Guest& guest, Room& room) const;
    void publish(Guest& guest, Room& room, const Event& event);
    void whois(Guest& guest, const Request& request);
    void find(Guest& guest, const Request& request);
    void search(Guest& guest, const Request& request);
    /// `refused` says why, and for how long.
    bool is_muted(const Guest& guest, Event& refused) const;
    /// The reason that a guest gives for leaving, if it may be heard.
    std::string_view parting_words(const Guest& guest, const Request& request) const;
    void ignore(Guest& guest, const Request& request);
    bool ignores(const Guest& guest, const Guest& other) const;
    void keep_ignoring(const std::string& before, const std::string& after);
    void away(Guest& guest, const Request& request);

    // chat_hub_operators.cpp
    void become_operator(Guest& guest, const Request& request);
    void kick(Guest& guest, const Request& request);
    void ban(Guest& guest, const Request& request);
    void unban(Guest& guest, const Request& request);
    void mute(Guest& guest, const Request& request);
    void unmute(Guest& guest, const Request& request);
    void announce(Guest& guest, const Request& request);
    bool is_operator(Guest& guest, const Request& request);
    bool may_be_meant(const Guest& guest, const Request& request, std::string_view command);
    void done(Guest& guest, const Request& request);

    void refuse(const Guest& guest, const Request& request, Refusal refusal) {
        refuse(guest, request, refusal, Event());
    }
    /// `event` may say more: the number of seconds, a text.
    void refuse(const Guest& guest, const Request& request, Refusal refusal, Event event);
    Event event_of(Event::Kind kind, const Guest& who, std::string_view label = {}) const;
    Guest* find_guest(std::string_view name);
    /// All who share a room with the guest, but not the guest.
    std::vector<Guest*> neighbours_of(const Guest& guest);
    void tell_neighbours(const Guest& guest, const Event& event);

    const HubSettings settings_;
    const ChatCounters& counters_;
    const ChatTime& time_;
    Journal* const journal_;
    Courier courier_;
    RoomModes new_modes_;                      ///< of a room that was just made
    std::unordered_set<std::string> reserved_; ///< keys of names
    std::unordered_map<Member, Guest> guests_;
    std::unordered_map<std::string_view, Guest*> by_name_;          ///< by its own key
    std::unordered_map<std::string, std::unique_ptr<Room>> rooms_;  ///< by key
    Crowd everybody_;                                               ///< who has a name
    std::unordered_map<std::string, std::vector<Member>> ignorers_; ///< by the key that they ignore
    std::unordered_map<std::string, Guest*> by_token_;              ///< who may resume
    std::vector<Member> cut_off_;                                   ///< who is waited for
    Penalties bans_, mutes_;
    KeyedRates speech_per_member_, speech_per_address_, joins_per_address_;
    KeyedRates requests_per_member_, requests_per_address_;
    Census census_; ///< but for the members
    std::uint64_t last_id_ = 0;
    std::uint64_t last_round_ = 0;
};

} // namespace tern::chat
