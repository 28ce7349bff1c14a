#pragma once
// The residents of a server that runs one conversation at a time: they live beside it, in the
// same poll(2).

#include "common/base/log.h"
#include "common/session/session.h"
#include "common/strategy/service.h"

#include <memory>
#include <vector>

namespace tern::strategy {

class Residents {
public:
    /// `alarm` interrupts the poll(2). All arguments outlive it.
    Residents(Service& service, Runner& runner, Waker& alarm, Log& log);
    ~Residents();

    /// Appends what they wait for.
    void list(std::vector<pollfd>& interests);
    /// When the first of them wants to be looked at.
    Clock::time_point deadline() const noexcept;
    /// Resumes those whose wait is over. `polled` is what list() has appended.
    void take_turns(std::span<const pollfd> polled, Clock::time_point now);
    void finish_when_idle() noexcept;

private:
    class Hosted;
    Log& log_;
    std::vector<std::unique_ptr<Hosted>> all_;
};

} // namespace tern::strategy
