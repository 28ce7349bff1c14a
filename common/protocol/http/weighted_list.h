#pragma once
// Lists whose elements carry weights (RFC 9110 §12.4.2), as in Accept: "gzip;q=0.5, *;q=0".

#include <cstddef>
#include <string_view>

namespace tern::http {

/// In thousandths, for no weight has more than three decimals.
using Weight = unsigned;
inline constexpr Weight full_weight = 1'000;

struct WeightedElement {
    std::string_view value; ///< what comes before the first ";"
    Weight weight = full_weight;
    bool has_parameters = false; ///< besides the weight
};

/// Takes the next element off a list. Those that are malformed are skipped, for no more can be
/// known of them than that they name nothing. False: there is none left.
bool next_weighted(std::string_view& list, WeightedElement& element) noexcept;

/// What comes after so many elements, in all lines together, is not looked at.
inline constexpr std::size_t most_weighted = 32;

} // namespace tern::http
