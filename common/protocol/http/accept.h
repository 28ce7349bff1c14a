#pragma once
// Which media types a client prefers (RFC 9110 §12.5.1).

#include "common/protocol/http/fields.h"
#include "common/protocol/http/weighted_list.h"

#include <span>
#include <string_view>

namespace tern::http {

/// How welcome `type`, such as "text/html", is by all Accept lines: the most specific range that
/// covers it decides. Without Accept everything is. Ranges with parameters cover nothing here.
Weight weight_of_type(std::span<const Field> fields, std::string_view type) noexcept;

} // namespace tern::http
