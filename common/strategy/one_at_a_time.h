#pragma once
// Accept one client, serve it to its end, accept the next: what `iterative` does in its only
// thread, and `process_pool` in each worker.

#include "common/strategy/accept.h"
#include "common/strategy/driver.h"
#include "common/strategy/strategy.h"

#include <span>
#include <vector>

namespace tern::strategy {

class OneAtATime : private Door, private Reception {
public:
    /// All arguments outlive it.
    OneAtATime(std::span<net::Listener> listeners, Service& service, StopSignal& stop,
               const Surroundings& surroundings);

    /// Serves until the stop signal; then still those whom the kernel has connected already.
    void run(Driver& driver, Runner& runner);

protected:
    /// For a pool, which has to know who is free and for whom a worker stands.
    virtual void serving(const Admission::Ticket& /*ticket*/) noexcept {}
    virtual void free_again() noexcept {}

private:
    std::span<const int> listeners() const noexcept override { return descriptors_; }
    void welcome(Client client) override;
    void refuse(Client client) override;
    /// False at the stop signal.
    bool wait_for_client();
    bool accept_one(const net::Listener& listener);

    std::span<net::Listener> listeners_;
    Service& service_;
    StopSignal& stop_;
    const Surroundings& surroundings_;
    std::vector<int> descriptors_;
    std::vector<pollfd> doors_; ///< the listeners, and last the stop signal
    AcceptTrouble trouble_;
    Driver* driver_ = nullptr; ///< of run()
    Runner* runner_ = nullptr;
};

} // namespace tern::strategy
