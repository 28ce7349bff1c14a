#pragma once
// Content codings (RFC 9110 §8.4.1), and which of them a client accepts (§12.5.3).

#include "common/protocol/http/fields.h"
#include "common/protocol/http/weighted_list.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tern::http {

/// Those that change the content; its plain form is "identity".
enum class Coding : unsigned char { gzip, brotli, zstd };
inline constexpr std::size_t coding_count = 3;

/// As in Content-Encoding: "gzip", "br", "zstd".
std::string_view name_of(Coding coding) noexcept;
std::optional<Coding> coding_from(std::string_view name) noexcept;

/// How welcome each form of a content is to a client; 0: not acceptable.
struct AcceptedCodings {
    std::array<Weight, coding_count> weights = {};
    /// Unless the client speaks of it, identity is what remains if nothing better is there.
    Weight identity = 1;

    Weight weight_of(Coding coding) const noexcept {
        return weights[static_cast<std::size_t>(coding)];
    }
};

/// All Accept-Encoding lines. Without one, or with an empty one, only identity is welcome.
/// Of a coding that is named twice the lower weight counts.
AcceptedCodings accepted_codings(std::span<const Field> fields) noexcept;

} // namespace tern::http
