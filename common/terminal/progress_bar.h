#pragma once
// One line that tells how far a transfer is, how fast, and how long it still takes.
//
//     big.iso  [#########           ]  45%  1.2 GiB  35 MiB/s  0:42

#include "common/base/clock.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace tern::terminal {

struct TransferState {
    std::uint64_t done = 0;  ///< bytes, with those of earlier attempts
    std::uint64_t total = 0; ///< 0: not known
    std::uint64_t first = 0; ///< bytes of earlier attempts, which say nothing about the rate
    Clock::duration elapsed = {};
};

/// The line, at most `columns` wide, as long as the name is ASCII.
std::string progress_line(std::string_view name, const TransferState& state, std::size_t columns);

/// Draws the line where it stands, if `to` is a terminal; otherwise does nothing.
class ProgressBar {
public:
    ProgressBar(std::FILE* to, std::string_view name);
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    ~ProgressBar() { clear(); }

    void rename(std::string_view name);
    /// Draws at most ten times a second.
    void show(const TransferState& state, Clock::time_point now);
    /// Takes the line away, for other text.
    void clear();

private:
    std::FILE* to_;
    std::string name_; ///< printable
    bool is_terminal_;
    bool is_drawn_ = false;
    Clock::time_point next_ = {};
};

} // namespace tern::terminal
