#pragma once
// Why a value does not fit a schema, in words: what was found, what is allowed, what was meant.

#include "common/base/schema.h"

#include <vector>

namespace tern {

/// The first violation of a rule that this knows: type, enum, const, ranges, lengths, patterns,
/// required, unknown and repeated keys or items. Empty if it finds none.
std::optional<Violation> explain(const nlohmann::json& schema, const nlohmann::json& value);

/// Which of `known` a person who wrote `word` may have meant; empty if none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string>& known);

} // namespace tern
