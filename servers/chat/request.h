#pragma once
// What a session asks of the hub, and the bytes that carry it there, from another process if need
// be.
//
// A request means the same whichever door the member came through; a door (line, IRC, UDP, ...)
// translates what its client writes into these. Room names have no "#" here: the IRC door takes it
// off and its dialect puts it on.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tern::chat {

struct Request {
    /// In brackets: the fields that are used. Every request may have a label.
    enum class Kind : unsigned char {
        hello = 1,    ///< [number: a Door; target: the client's address; text: the listener's name;
                      ///< room: other facts about the client, for its dialect] always the first
        capabilities, ///< [number] what the dialect may use for this member (CAP REQ)
        enter,        ///< [target: the name; text: the real name; room: the user name] answered
                      ///< by Answer::named, or by Answer::not_named with the reason
        rename,       ///< [target]
        say,          ///< [room or else target (a person); text; number: a Manner]; no room and no
                      ///< target: the member's current room, which it has last joined
        join,         ///< [room; text: key; number: 1 = leave all others, as the line door does]
        part,         ///< [room (empty: the current one); text: reason; number: 1 = all rooms]
        topic,        ///< [room; text; number: 1 = set it, 0 = ask]
        names,        ///< [room; empty: the current one] who is there
        rooms,        ///< which rooms there are
        whois,        ///< [target]
        find,         ///< [target: names, with blanks between] who of them is there
        history,      ///< [room; number: at most so many; text: which; "latest", or with an ID, or
                      ///< "@" and milliseconds since 1970: "before ID", "after ID" (the first
                      ///< ones), "since ID" (the last ones), "around ID" or "between ID ID"
                      ///< (neither of them; the first ones from the first ID on)]
        ignore,       ///< [target; number: 1 = from now on, 0 = no more, 2 = the other way round]
        away,         ///< [text; empty: back]
        invite,       ///< [room; target]
        mode,         ///< [room; number: change_of(); target: the argument] one change each
        modes,        ///< [room; number: 0, or the letter of a list] asks for them
        become_operator, ///< [target: the operator's name] the session has checked the password
        kick,            ///< [room; target; text: reason]; no room: out of the server
        ban,             ///< [target: a name, an address or a CIDR; number: seconds, 0 = for good;
                         ///< text: reason]
        unban,           ///< [target]
        mute,            ///< [target; number: seconds, 0 = for good; text: reason]
        unmute,          ///< [target]
        announce,        ///< [text] to everybody
        quit,            ///< [text: reason]; the session may also just leave
        echo,            ///< [text] comes back as it is, behind the answers to all earlier requests
        resume,          ///< [target: a token; number: messages received] instead of `enter`: the
                         ///< member whose connection broke; answered as `enter` is
        tick,            ///< a second has passed; from the administrator's door only
        search,          ///< [target: a mask; number: 1 = only operators] who is there and fits it:
                         ///< [name!]user@host, or else the name, the host or the real name
        histories,       ///< [number: at most so many; text: "FROM TO", milliseconds since 1970]
                         ///< which of its rooms were last spoken in between these times; at most
                         ///< the first ones from FROM on
        together,        ///< [text: requests, as append_request() makes them] answered in one,
                         ///< which bears the label (docs/decisions/0057)
        census,          ///< how many are there
        own_mode,        ///< [number: change_of()] of the member itself: i, hidden from strangers
                         ///< who search; or o, which is only given up
    };
    static constexpr std::size_t kinds = static_cast<std::size_t>(Kind::own_mode) + 1;

    Kind kind = Kind::hello;
    std::uint64_t number = 0;
    std::string_view label = {}; ///< returned in the answers to this request
    std::string_view room = {};
    std::string_view target = {};
    std::string_view text = {};
};

/// The ways in; a dialect for each.
enum class Door : unsigned char { line, udp, irc, web, administrator };
inline constexpr std::size_t door_count = 5;

/// How something is said. The last three are what IRC's clients tell one another, for nobody else
/// and not kept: what they ask and answer (CTCP), and that somebody types ("active", "done", ...).
enum class Manner : unsigned char { message, notice, action, query, reply, typing };
inline constexpr auto last_manner = static_cast<std::uint64_t>(Manner::typing);
constexpr bool is_between_clients(Manner manner) noexcept { return manner >= Manner::query; }
/// RFC 2812 section 3.3.2: not even that it is wrong.
constexpr bool is_never_answered(Manner manner) noexcept {
    return manner == Manner::notice || manner == Manner::reply || manner == Manner::typing;
}

/// Of a request to say something.
constexpr Manner manner_of(const Request& request) noexcept {
    return request.number <= last_manner ? static_cast<Manner>(request.number) : Manner::message;
}

/// One change of a room's modes: IRC's letter and its sign.
constexpr std::uint64_t change_of(bool set, char letter) noexcept {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(letter)) | (set ? 0x100U : 0U);
}

std::string encode(const Request& request);

/// The number that a request's text begins with; 0 if it begins with none.
std::uint64_t number_from(std::string_view text) noexcept;

/// Nothing if the bytes are no request. The texts refer to `bytes`.
std::optional<Request> decode_request(std::string_view bytes);

/// Adds one to requests that are to be answered together.
void append_request(std::string& requests, const Request& request);
/// Takes the first one of them off; nothing if there is none. The texts refer to `requests`.
std::optional<Request> take_request(std::string_view& requests);

} // namespace tern::chat
