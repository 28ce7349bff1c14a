#pragma once
// Where the time of an exchange went.

#include "common/curl/easy.h"

#include <chrono>
#include <string>

namespace tern::http_client {

/// Since the start of the request; a stage that there was not has no time.
struct Timing {
    std::chrono::microseconds name_lookup{0}, connected{0}, secured{0}, sent{0}, first_byte{0},
        total{0};
};

Timing timing_of(CURL* handle);

/// A line for each stage: how long it took.
std::string timing_view(const Timing& timing);

} // namespace tern::http_client
