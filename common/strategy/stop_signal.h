#pragma once
// The wish to stop, as a descriptor: every thread and forked child can wait for it.

#include "common/base/unique_fd.h"

namespace tern::strategy {

class StopSignal {
public:
    /// Throws std::system_error.
    StopSignal();

    /// Asks everybody to stop; there is no way back. Async-signal-safe; any thread or process
    /// that shares the descriptor may call it.
    void request() noexcept;
    bool requested() const noexcept;

    /// Readable for ever once stop was requested.
    int descriptor() const noexcept { return event_.get(); }

private:
    UniqueFd event_;
};

} // namespace tern::strategy
