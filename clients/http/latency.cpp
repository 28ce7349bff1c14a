#include "clients/http/latency.h"

#include "clients/http/exit_code.h"
#include "common/base/escape.h"
#include "common/terminal/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace tern::http_client {
namespace {

using terminal::readable_bytes;
using terminal::readable_duration;

void append_latencies(std::string& text, const std::vector<microseconds>& sorted) {
    const microseconds sum = std::accumulate(sorted.begin(), sorted.end(), microseconds(0));
    const auto mean = sum / static_cast<long>(sorted.size());
    text += fmt::format("Latency:  {:>9} the fastest, {} on average\n",
                        readable_duration(sorted.front()), readable_duration(mean));
    for (const double percent : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9})
        text += fmt::format("          {:>9} at most for {:g} %\n",
                            readable_duration(percentile(sorted, percent)), percent);
    text += fmt::format("          {:>9} the slowest\n", readable_duration(sorted.back()));
}

} // namespace

microseconds percentile(const std::vector<microseconds>& sorted, double percent) {
    if (sorted.empty())
        return microseconds(0);
    const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()) - 1e-9);
    const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    return sorted[std::min(index, sorted.size() - 1)];
}

std::string load_report(LoadResult result) {
    std::sort(result.latencies.begin(), result.latencies.end());
    const double seconds = std::max(std::chrono::duration<double>(result.elapsed).count(), 1e-6);
    const auto answers = static_cast<double>(result.latencies.size());
    const auto rate = static_cast<std::uint64_t>(static_cast<double>(result.bytes) / seconds);
    std::string text =
        fmt::format("{} answers in {}: {:.0f} a second, {}/s\n", result.latencies.size(),
                    readable_duration(result.elapsed), answers / seconds, readable_bytes(rate));
    for (const auto& [status, count] : result.statuses)
        text += fmt::format("Status {}: {}\n", status, count);
    for (const auto& [error, count] : result.errors)
        text += fmt::format("Failed: {} ({})\n", count, printable(error));
    if (!result.latencies.empty())
        append_latencies(text, result.latencies);
    return text;
}

int exit_code_of(const LoadResult& result) noexcept {
    if (!result.errors.empty())
        return exit_no_answer;
    int worst = exit_answered;
    for (const auto& [status, count] : result.statuses)
        worst = std::max(worst, exit_code_of(status));
    return worst;
}

} // namespace tern::http_client
