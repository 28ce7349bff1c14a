#include "common/terminal/measure.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace tern::terminal {

std::string readable_bytes(std::uint64_t bytes) {
    static constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 999.5 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", value, unit == 0 || value >= 9.95 ? 0 : 1, units[unit]);
}

std::string readable_clock(std::chrono::seconds time) {
    const auto seconds = time.count();
    if (seconds >= 3600)
        return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string readable_duration(std::chrono::microseconds time) {
    const auto count = time.count();
    if (count < 1000)
        return fmt::format("{} µs", count);
    if (count < 1'000'000)
        return fmt::format("{:.1f} ms", static_cast<double>(count) / 1e3);
    return fmt::format("{:.2f} s", static_cast<double>(count) / 1e6);
}

} // namespace tern::terminal
