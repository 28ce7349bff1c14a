#pragma once
// Sizes and times in few characters, for people.

#include <chrono>
#include <cstdint>
#include <string>

namespace tern::terminal {

/// "17 B", "1.5 KiB", "250 MiB".
std::string readable_bytes(std::uint64_t bytes);

/// "0:07", "12:34", "1:02:03".
std::string readable_clock(std::chrono::seconds time);

/// "850 µs", "12.3 ms", "4.56 s".
std::string readable_duration(std::chrono::microseconds time);

} // namespace tern::terminal
