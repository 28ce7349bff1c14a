#include "servers/chat/phrases.h"

#include "common/base/configuration.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string_view>
#include <vector>

namespace tern::chat {
namespace {

struct Rule {
    std::string_view name;
    std::string_view places; ///< parted by blanks
};

/// In the order of Sentence, and then of Refusal.
constexpr std::array<Rule, sentence_count> rules = {{
    {"ask_name", ""},
    {"welcome", "name"},
    {"people", "room names count"},
    {"more_people", "room names count"},
    {"topic_is", "room topic name"},
    {"no_topic", "room"},
    {"entered", "name room"},
    {"left", "name room reason"},
    {"you_left", "room"},
    {"renamed", "name target"},
    {"you_are", "name"},
    {"said", "name room text"},
    {"action", "name room text"},
    {"notice", "name room text"},
    {"told", "name text"},
    {"topic_changed", "name room topic"},
    {"mode_changed", "name room text target"},
    {"kicked", "name room target reason"},
    {"announced", "text"},
    {"remembered", "time line"},
    {"no_history", "room"},
    {"room_line", "room count topic"},
    {"no_rooms", ""},
    {"person", "name host rooms"},
    {"invited", "name room"},
    {"inviting", "target room"},
    {"now_operator", ""},
    {"ignoring", "target"},
    {"not_ignoring", "target"},
    {"away", ""},
    {"back", ""},
    {"person_away", "name reason"},
    {"done_kick", "target"},
    {"done_ban", "target"},
    {"done_unban", "target"},
    {"done_mute", "target"},
    {"done_unmute", "target"},
    {"done_announce", ""},
    {"expelled", "reason"},
    {"lost", "count"},
    {"too_slow", ""},
    {"goodbye", "name"},
    {"idle", ""},
    {"too_many_tries", ""},
    {"stopping", ""},
    {"full", ""},
    {"udp_token", "token"},
    {"udp_more", ""},
    {"pong", ""},
    {"help", ""},
    {"help_operator", ""},
    {"refused_name_in_use", "target"},
    {"refused_name_empty", ""},
    {"refused_name_too_long", "target count"},
    {"refused_name_not_allowed", "target"},
    {"refused_no_such_person", "target"},
    {"refused_no_such_room", "room"},
    {"refused_room_name_not_allowed", "room"},
    {"refused_not_in_room", "room"},
    {"refused_already_in_room", "room target"},
    {"refused_target_not_in_room", "target room"},
    {"refused_room_full", "room"},
    {"refused_room_invite_only", "room"},
    {"refused_room_key_wrong", "room"},
    {"refused_room_banned", "room"},
    {"refused_too_many_rooms", "room"},
    {"refused_room_moderated", "room"},
    {"refused_room_no_outside", "room"},
    {"refused_banned", "target reason"},
    {"refused_muted", "reason count"},
    {"refused_too_fast", "count"},
    {"refused_too_many_joins", "room count"},
    {"refused_too_many_requests", "count"},
    {"refused_server_full", ""},
    {"refused_text_too_long", "count"},
    {"refused_text_not_utf8", ""},
    {"refused_text_control", ""},
    {"refused_text_empty", ""},
    {"refused_not_operator", ""},
    {"refused_not_room_operator", "room"},
    {"refused_not_named_yet", ""},
    {"refused_unknown_command", "target"},
    {"refused_unknown_mode", ""},
    {"refused_wrong_arguments", "target"},
    {"refused_wrong_password", ""},
    {"refused_too_many_ignored", ""},
    {"refused_too_many_penalties", ""},
}};

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        words.push_back(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return words;
}

} // namespace

Phrases::Phrases(const Configuration& configuration) {
    const nlohmann::json& phrases = configuration.effective().at("phrases");
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto text = phrases.at(std::string(rules[i].name)).get<std::string>();
        all_[i] = Phrase(text);
        const std::vector<std::string_view> places = words_of(rules[i].places);
        const std::string_view unknown = all_[i].unknown_place(places);
        if (!unknown.empty())
            throw configuration.error(
                fmt::format("/phrases/{}", rules[i].name),
                fmt::format("found the place {{{}}}, allowed: {}", unknown,
                            places.empty() ? "none"
                                           : fmt::format("{{{}}}", fmt::join(places, "}, {"))));
    }
}

std::string Phrases::line(Sentence sentence) const {
    std::string text;
    of(sentence).append_to(text, {});
    return text + '\n';
}

} // namespace tern::chat
