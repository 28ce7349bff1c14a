#pragma once
// Events of the chat in the words of IRC (RFC 2812, the "modern" document of ircdocs, IRCv3).

#include "common/protocol/irc/mode_changes.h"
#include "servers/chat/dialect.h"
#include "servers/chat/irc_settings.h"
#include "servers/chat/irc_writer.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tern::chat {

/// The modes that rooms have, as CHANMODES and PREFIX announce them.
inline constexpr irc::ModeKinds irc_modes = {
    .lists = "b", .always = "k", .when_set = "l", .never = "imnst", .members = "ov"};

/// And those that members have.
inline constexpr irc::ModeKinds irc_own_modes = {
    .lists = "", .always = "", .when_set = "", .never = "io", .members = ""};

class IrcDialect final : public Dialect {
public:
    explicit IrcDialect(IrcSettings settings) : settings_(std::move(settings)) {}

    void render(const Event& event, const Audience& audience, std::string& text) const override;
    void put_label(std::string_view label, std::size_t begin, std::string& text) const override;

    const IrcSettings& settings() const noexcept { return settings_; }

private:
    const IrcSettings settings_;
};

// The parts of it, by what they tell.

/// irc_welcome.cpp: 001 to 005, and what else a newcomer is told.
void write_welcome(IrcWriter& writer, const Event& event);
void write_census(IrcWriter& writer, const Event& event);
void write_message_of_the_day(IrcWriter& writer);
void write_version(IrcWriter& writer);

/// irc_happenings.cpp: what others do. False: not an event of theirs.
bool write_happening(IrcWriter& writer, const Event& event);

/// irc_answers.cpp: what was asked for.
void write_answer(IrcWriter& writer, const Event& event);

/// irc_refusals.cpp: why something was not done.
void write_refusal(IrcWriter& writer, const Event& event);

} // namespace tern::chat
