#pragma once
// The names of refusals, in metrics and in the configuration's phrases; in the order of Refusal.

#include "servers/chat/event.h"

#include <array>
#include <string_view>

namespace tern::chat {

inline constexpr std::array<std::string_view, 37> refusal_names = {
    "none",
    "name_in_use",
    "name_empty",
    "name_too_long",
    "name_not_allowed",
    "no_such_person",
    "no_such_room",
    "room_name_not_allowed",
    "not_in_room",
    "already_in_room",
    "target_not_in_room",
    "room_full",
    "room_invite_only",
    "room_key_wrong",
    "room_banned",
    "too_many_rooms",
    "room_moderated",
    "room_no_outside",
    "banned",
    "muted",
    "too_fast",
    "too_many_joins",
    "too_many_requests",
    "server_full",
    "text_too_long",
    "text_not_utf8",
    "text_control",
    "text_empty",
    "not_operator",
    "not_room_operator",
    "not_named_yet",
    "unknown_command",
    "unknown_mode",
    "wrong_arguments",
    "wrong_password",
    "too_many_ignored",
    "too_many_penalties",
};
static_assert(refusal_names.size() == static_cast<std::size_t>(Refusal::too_many_penalties) + 1);

} // namespace tern::chat
