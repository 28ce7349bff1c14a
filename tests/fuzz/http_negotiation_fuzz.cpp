// Feeds bytes to what reads Accept-Encoding and Accept.

#include "common/protocol/http/accept.h"
#include "common/protocol/http/content_coding.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace tern::http;

void require(bool condition) {
    if (!condition)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::array<Field, 2> fields = {Field{"Accept-Encoding", input}, Field{"Accept", input}};
    const AcceptedCodings accepted = accepted_codings(fields);
    for (const Weight weight : accepted.weights)
        require(weight <= full_weight);
    require(accepted.identity <= full_weight);
    require(weight_of_type(fields, "text/html") <= full_weight);

    std::string_view rest = input;
    for (WeightedElement element; next_weighted(rest, element);) {
        require(!element.value.empty() && element.weight <= full_weight);
        require(element.value.data() >= input.data() &&
                element.value.data() + element.value.size() <= input.data() + input.size());
    }
    return 0;
}
