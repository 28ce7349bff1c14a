#include "common/terminal/interruption.h"

#include <atomic>
#include <csignal>

namespace tern::terminal {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<bool> has_happened = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void note(int) { has_happened.store(true, std::memory_order_relaxed); }

void handle(void (*handler)(int), int flags) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    for (const int number : {SIGINT, SIGTERM})
        ::sigaction(number, &action, nullptr);
}

} // namespace

Interruption::Interruption() { forget(); }
Interruption::~Interruption() { handle(SIG_DFL, 0); }

bool Interruption::happened() noexcept { return has_happened.load(std::memory_order_relaxed); }

void Interruption::forget() noexcept {
    has_happened.store(false, std::memory_order_relaxed);
    handle(note, static_cast<int>(SA_RESETHAND));
}

} // namespace tern::terminal
