#pragma once
// Capability negotiation: CAP LS, LIST, REQ and END (IRCv3, version 302) as a state machine.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::irc {

/// Those that this server knows; each is a bit.
enum class Capability : std::uint16_t {
    message_tags = 1 << 0,
    server_time = 1 << 1,
    echo_message = 1 << 2,
    multi_prefix = 1 << 3,
    away_notify = 1 << 4,
    sasl = 1 << 5,
    batch = 1 << 6,
    labeled_response = 1 << 7,
    chat_history = 1 << 8,
    cap_notify = 1 << 9,
    userhost_in_names = 1 << 10,
    standard_replies = 1 << 11,
};

class CapabilitySet {
public:
    bool has(Capability one) const noexcept { return (bits_ & bit(one)) != 0; }
    void set(Capability one, bool on) noexcept {
        bits_ = static_cast<std::uint16_t>(on ? bits_ | bit(one) : bits_ & ~bit(one));
    }
    std::uint16_t bits() const noexcept { return bits_; }
    friend bool operator==(const CapabilitySet&, const CapabilitySet&) = default;

private:
    static std::uint16_t bit(Capability one) noexcept { return static_cast<std::uint16_t>(one); }
    std::uint16_t bits_ = 0;
};

struct OfferedCapability {
    Capability capability;
    std::string_view name;
    std::string_view value; ///< told to clients of version 302; outlives the negotiation
};

class CapabilityNegotiation {
public:
    /// `offered` outlives the negotiation.
    explicit CapabilityNegotiation(std::span<const OfferedCapability> offered) noexcept
        : offered_(offered) {}

    /// Of an answer, one line: CAP client `subcommand` [*] :`names`.
    struct Line {
        std::string_view subcommand;
        bool more_follows = false;
        std::string names;
    };
    struct Answer {
        std::vector<Line> lines;
        bool is_invalid = false; ///< ERR_INVALIDCAPCMD
    };
    /// What follows CAP. `registered`: the client has been welcomed already.
    Answer receive(std::span<const std::string_view> parameters, bool registered);

    /// The client negotiates: it is not welcomed before it sends CAP END.
    bool holds_registration() const noexcept { return negotiating_; }
    CapabilitySet enabled() const noexcept { return enabled_; }

private:
    Answer list_offered(std::string_view version);
    Answer list_enabled() const;
    Answer request(std::string_view names);
    const OfferedCapability* find(std::string_view name) const noexcept;

    std::span<const OfferedCapability> offered_;
    CapabilitySet enabled_;
    bool tells_values_ = false; ///< version 302
    bool negotiating_ = false;
};

} // namespace tern::irc
