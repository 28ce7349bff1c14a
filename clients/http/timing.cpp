#include "clients/http/timing.h"

#include "common/terminal/measure.h"

#include <fmt/format.h>

#include <algorithm>

namespace tern::http_client {

using std::chrono::microseconds;

Timing timing_of(CURL* handle) {
    const auto get = [handle](CURLINFO which) { return microseconds(curl::amount(handle, which)); };
    return {get(CURLINFO_NAMELOOKUP_TIME_T),    get(CURLINFO_CONNECT_TIME_T),
            get(CURLINFO_APPCONNECT_TIME_T),    get(CURLINFO_PRETRANSFER_TIME_T),
            get(CURLINFO_STARTTRANSFER_TIME_T), get(CURLINFO_TOTAL_TIME_T)};
}

std::string timing_view(const Timing& timing) {
    std::string text;
    microseconds before(0);
    const auto stage = [&](const char* name, microseconds until) {
        if (until == microseconds(0))
            return;
        text += fmt::format("{:14}{:>10}\n", name,
                            terminal::readable_duration(std::max(until - before, microseconds(0))));
        before = std::max(before, until);
    };
    stage("Name lookup", timing.name_lookup);
    stage("Connection", timing.connected);
    stage("TLS handshake", timing.secured);
    stage("Preparation", timing.sent);
    stage("First byte", timing.first_byte);
    stage("The rest", timing.total);
    text += fmt::format("{:14}{:>10}\n", "Total", terminal::readable_duration(timing.total));
    return text;
}

} // namespace tern::http_client
