#pragma once
// What a load test measures, and how it is told.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tern::http_client {

using std::chrono::microseconds;

/// The smallest of `sorted` that at least `percent` of them do not exceed (nearest rank).
microseconds percentile(const std::vector<microseconds>& sorted, double percent);

struct LoadResult {
    std::vector<microseconds> latencies;         ///< of the answers
    std::map<long, std::uint64_t> statuses;      ///< how many answers of each
    std::map<std::string, std::uint64_t> errors; ///< how many requests without one, and why
    std::uint64_t bytes = 0;                     ///< of bodies
    microseconds elapsed{0};
};

/// Several lines.
std::string load_report(LoadResult result);

/// The worst.
int exit_code_of(const LoadResult& result) noexcept;

} // namespace tern::http_client
