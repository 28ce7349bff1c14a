#include "common/protocol/http/content_coding.h"

#include <algorithm>

namespace tern::http {
namespace {

constexpr std::array<std::string_view, coding_count> names = {"gzip", "br", "zstd"};

void lower(std::optional<Weight>& weight, Weight to) noexcept {
    weight = weight ? std::min(*weight, to) : to;
}

/// What a client has said, before anything follows from it.
struct Said {
    std::array<std::optional<Weight>, coding_count> weights;
    std::optional<Weight> identity;
    std::optional<Weight> any; ///< "*"

    void take(const WeightedElement& element) noexcept {
        if (element.has_parameters) // codings have none: malformed
            return;
        if (element.value == "*")
            lower(any, element.weight);
        else if (equal_ignoring_case(element.value, "identity"))
            lower(identity, element.weight);
        else if (const std::optional<Coding> coding = coding_from(element.value))
            lower(weights[static_cast<std::size_t>(*coding)], element.weight);
    }
};

} // namespace

std::string_view name_of(Coding coding) noexcept { return names[static_cast<std::size_t>(coding)]; }

std::optional<Coding> coding_from(std::string_view name) noexcept {
    if (equal_ignoring_case(name, "x-gzip")) // RFC 9110 §8.4.1.3
        return Coding::gzip;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (equal_ignoring_case(names[i], name))
            return static_cast<Coding>(i);
    }
    return std::nullopt;
}

AcceptedCodings accepted_codings(std::span<const Field> fields) noexcept {
    Said said;
    std::size_t elements = 0;
    for (const Field& field : fields) {
        if (!equal_ignoring_case(field.name, "Accept-Encoding"))
            continue;
        std::string_view rest = field.value;
        for (WeightedElement element; elements < most_weighted && next_weighted(rest, element);
             ++elements)
            said.take(element);
    }
    AcceptedCodings accepted;
    for (std::size_t i = 0; i < coding_count; ++i)
        accepted.weights[i] = said.weights[i].value_or(said.any.value_or(0));
    if (said.identity)
        accepted.identity = *said.identity;
    else if (said.any == Weight{0}) // "*" stands for identity only to exclude it
        accepted.identity = 0;
    return accepted;
}

} // namespace tern::http
