#pragma once
// Puts IRC's lines together for one audience of the IRC dialect.

#include "common/protocol/irc/capabilities.h"
#include "common/protocol/irc/message_writer.h"
#include "servers/chat/dialect.h"
#include "servers/chat/irc_settings.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tern::chat {

class IrcWriter {
public:
    IrcWriter(const IrcSettings& settings, const Audience& audience, std::string& text) noexcept
        : settings_(settings), audience_(audience), text_(text) {}

    const IrcSettings& settings() const noexcept { return settings_; }
    const Audience& audience() const noexcept { return audience_; }
    std::string_view client() const noexcept {
        return audience_.name.empty() ? std::string_view("*") : audience_.name;
    }
    bool has(irc::Capability capability) const noexcept {
        return (audience_.capabilities & static_cast<std::uint64_t>(capability)) != 0;
    }

    /// Of the messages that follow; null: they have no time of their own.
    void happened(const Event* event);
    void add_tag(std::string_view key, std::string_view value) {
        irc::append_tag(tags_, key, value);
    }
    /// The messages that follow belong to a batch.
    void in_batch(std::string_view reference) { batch_ = reference; }

    /// A message from a member, or else (no name) from the server.
    void message(const Person& from, std::string_view command,
                 std::initializer_list<std::string_view> parameters);
    void from_server(std::string_view command, std::initializer_list<std::string_view> parameters);
    /// The last words, which have no source.
    void error(std::string_view text) { irc::append_message(text_, {tags(), {}, "ERROR"}, {text}); }
    /// How many bytes of a last parameter, behind these, fit into a message() or a numeric().
    std::size_t space_in_message(const Person& from, std::string_view command,
                                 std::initializer_list<std::string_view> parameters) const;
    std::size_t space_in_numeric(std::initializer_list<std::string_view> parameters) const;
    void numeric(irc::Numeric numeric, std::initializer_list<std::string_view> parameters);
    /// The same, of parameters that begin with the client's name.
    void whole_numeric(irc::Numeric numeric, std::span<const std::string_view> parameters);

private:
    const IrcSettings& settings_;
    const Audience& audience_;
    std::string& text_;
    std::string tags_; ///< of what happened
    std::string batch_;
    std::string all_tags_;

    std::string_view tags();
};

/// The user name, or for members whose door knows none, the name.
std::string_view user_of(const Person& person) noexcept;
/// "nick!user@host"
std::string source_of(const Person& person);
/// "@", "+", both with multi-prefix, or nothing.
std::string_view prefix_of(const Person& person, bool all) noexcept;
/// What the IRC door calls a room.
std::string channel_name(std::string_view room);
/// The name of a message that CHATHISTORY understands.
std::string message_id(std::uint64_t id);

/// Lines that answer a labelled command, from `begin` on, so that the client knows them for its
/// answer: tagged if it is one, batched if they are several, and an ACK if there are none.
void apply_label(std::string& text, std::size_t begin, std::string_view label,
                 std::string_view server);

} // namespace tern::chat
