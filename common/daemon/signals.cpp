#include "common/daemon/signals.h"

#include "common/base/log_file.h"
#include "common/strategy/stop_signal.h"

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <stdexcept>

namespace tern::daemon {
namespace {

/// What the handlers need. They get nothing but a number, so this must be global.
struct Targets {
    strategy::StopSignal* stop;
    ReopenSignal* reopen;
    pid_t owner;
};
Targets targets = {};
std::atomic<bool> installed = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void on_stop(int) {
    if (::getpid() == targets.owner)
        targets.stop->request();
}

void on_reopen(int) { targets.reopen->request(); }

using Handler = void (*)(int);

Handler handler_for(int number) noexcept {
    if (number == SIGPIPE || number == SIGXFSZ)
        return SIG_IGN;
    return number == SIGUSR1 ? on_reopen : on_stop;
}

} // namespace

Signals::Signals(strategy::StopSignal& stop, ReopenSignal& reopen) {
    if (installed.exchange(true))
        throw std::logic_error("signals are handled already");
    targets = {&stop, &reopen, ::getpid()};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        struct sigaction action = {};
        action.sa_handler = handler_for(numbers[i]);
        action.sa_flags = SA_RESTART;
        sigfillset(&action.sa_mask);
        ::sigaction(numbers[i], &action, &before_[i]);
    }
}

Signals::~Signals() {
    for (std::size_t i = 0; i < numbers.size(); ++i)
        ::sigaction(numbers[i], &before_[i], nullptr);
    installed = false;
}

} // namespace tern::daemon
