#pragma once
// Ctrl-C as a question that is asked now and then, so that what is under way can end in order.

namespace tern::terminal {

/// From the first of these on, SIGINT and SIGTERM end nothing by themselves; a second one does.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    static bool happened() noexcept;
    /// For the next thing that can be interrupted, by whoever has an Interruption.
    static void forget() noexcept;
};

inline constexpr int exit_interrupted = 130; ///< as shells have it

} // namespace tern::terminal
