#pragma once
// How long tests wait for what must happen. It is never how long something takes: a test that
// passes has not waited for its end.

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

namespace tern::test {

/// Sanitizers are slow, and so are machines that do something else besides.
inline constexpr std::chrono::seconds patience{100};

class TooLate : public std::runtime_error {
public:
    explicit TooLate(const std::string& awaited) : std::runtime_error("too late: " + awaited) {}
};

class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    explicit Deadline(Clock::duration time = patience) : end_(Clock::now() + time) {}

    bool is_over() const { return Clock::now() >= end_; }
    /// Milliseconds left, for poll(2); rounded up, at least 0.
    int poll_timeout() const;

private:
    Clock::time_point end_;
};

/// Waits for `events` of poll(2) on a descriptor; false if the deadline passes.
bool becomes_ready(int descriptor, short events, const Deadline& deadline);

/// For what no descriptor tells (processes that end, lines in a file): looks again and again until
/// it is so; false if it does not come true in time.
bool eventually(const std::function<bool()>& condition, const Deadline& deadline = Deadline());

} // namespace tern::test
