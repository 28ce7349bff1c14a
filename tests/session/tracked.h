#pragma once
// An object that knows where it lives: for tests of what coroutines do with what they hold.

#include "common/session/session.h"

#include <cstddef>

namespace tern::test {

/// Counts itself, so that a lost or a second destruction shows, and notices when its bytes were
/// moved without its constructors. Not thread-safe.
class Tracked {
public:
    explicit Tracked(int tag = 0) noexcept : self_(this), tag_(tag) { ++alive_; }
    Tracked(const Tracked& other) noexcept : self_(this), tag_(other.checked_tag()) { ++alive_; }
    Tracked(Tracked&& other) noexcept : self_(this), tag_(other.checked_tag()) {
        ++alive_;
        other.tag_ = moved_from;
    }
    Tracked& operator=(const Tracked& other) noexcept {
        check();
        tag_ = other.checked_tag();
        return *this;
    }
    Tracked& operator=(Tracked&& other) noexcept {
        check();
        tag_ = other.checked_tag();
        other.tag_ = moved_from;
        return *this;
    }
    ~Tracked() {
        check();
        self_ = nullptr;
        --alive_;
    }

    int tag() const noexcept { return checked_tag(); }

    static constexpr int moved_from = -1;
    static int alive() noexcept { return alive_; }
    static int faults() noexcept { return faults_; }
    static void forget_all() noexcept { alive_ = faults_ = 0; }

private:
    void check() const noexcept { faults_ += self_ != this; }
    int checked_tag() const noexcept {
        check();
        return tag_;
    }

    const Tracked* volatile self_; ///< volatile: the compiler must not reason the check away
    int tag_;
    inline static int alive_ = 0;
    inline static int faults_ = 0;
};

/// Suspends the session once, so that what is alive has to live in the frame.
inline Task<void> one_wait() {
    Wait wait;
    co_await until(wait);
}

/// Runs a conversation to its end; returns how often it waited.
inline std::size_t run_to_end(Task<void> conversation) {
    Session session(std::move(conversation));
    std::size_t waits = 0;
    while (session.resume() != nullptr)
        ++waits;
    return waits;
}

/// Runs a conversation until it has waited `waits` times, then destroys it.
inline void run_and_destroy(Task<void> conversation, std::size_t waits) {
    Session session(std::move(conversation));
    for (std::size_t wait = 0; wait < waits; ++wait)
        session.resume();
}

} // namespace tern::test
