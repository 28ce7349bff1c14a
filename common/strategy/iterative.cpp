// iterative: one client after the other, by the thread that accepts.
//
// The simplest server there is. While it serves one client, the next waits in the listen backlog;
// so that an idle client does not keep it, the session is asked to finish when another waits.

#include "common/hub/local_runner.h"
#include "common/strategy/one_at_a_time.h"
#include "common/strategy/residents.h"
#include "common/strategy/strategies.h"

namespace tern::strategy {
namespace {

class Iterative final : public Strategy {
public:
    explicit Iterative(const Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        const auto hub = LocalHub::over(service.hub());
        Driver driver(stop, surroundings_.settings.shutdown_grace, hub != nullptr,
                      surroundings_.log);
        LocalRunner runner(hub.get(), driver);
        Residents residents(service, runner, driver, surroundings_.log);
        driver.accompany(residents);
        OneAtATime server(listeners, service, stop, surroundings_);
        server.run(driver, runner);
        for (net::Listener& listener : listeners)
            listener.close();
    }

    bool shares_memory() const noexcept override { return true; }

private:
    const Surroundings surroundings_;
};

} // namespace

std::unique_ptr<Strategy> make_iterative(const Surroundings& surroundings) {
    return std::make_unique<Iterative>(surroundings);
}

} // namespace tern::strategy
