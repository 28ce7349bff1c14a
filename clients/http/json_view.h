#pragma once
// JSON as a person reads it: indented, and coloured if wanted.

#include "common/terminal/paint.h"

#include <optional>
#include <string>
#include <string_view>

namespace tern::http_client {

/// Keeps the order of members, and members that are there twice. Nothing if `text` is not JSON, or
/// is nested deeper than anybody reads.
std::optional<std::string> json_view(std::string_view text, const terminal::Paint& paint);

} // namespace tern::http_client
