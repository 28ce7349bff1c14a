#pragma once
// A strategy of a kind: runs many sessions on one thread, over simulated links and a virtual
// clock, in an order that a seed decides. The same seed gives the same run.
//
// It does to sessions whatever the seam allows a strategy to do: resumes any that is ready, wakes
// some for no reason, lets time slip between two steps, reports readiness by level or by edge.
// When nobody is ready, time jumps to the next deadline or arrival; when there is none either, and
// sessions are left, they hang: run() throws and says what they wait for.

#include "common/session/session.h"
#include "common/simulation/network.h"
#include "common/simulation/random.h"
#include "common/simulation/virtual_time.h"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace tern::simulation {

/// Sessions are left, and nothing will ever happen; or they never come to rest.
class Hang : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Simulation {
public:
    explicit Simulation(std::uint64_t seed);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    Random& random() noexcept { return random_; }
    const VirtualTime& time() const noexcept { return time_; }
    Network& network() noexcept { return network_; }

    /// The simulation lasts until its foreground sessions are over.
    enum class Kind : bool { foreground, background };

    /// Takes over a conversation. Its waker is valid while the conversation lasts.
    Waker& host(std::string name, Task<void> conversation, Kind kind = Kind::foreground);

    /// Does something when the time has come, between two steps.
    void at(Clock::time_point time, std::function<void()> action);

    /// As a strategy that was told to stop.
    void finish_all() noexcept;
    /// Destroys a session wherever it is; false if it is over. Not from within a session.
    bool abandon(const std::string& name);

    /// Until all foreground sessions are over. Throws Hang, or what a session threw; then all
    /// foreground sessions are gone.
    void run();

    std::size_t steps() const noexcept { return steps_; }
    /// Differs, in all likelihood, between two runs that are not the same.
    std::uint64_t digest() const noexcept { return digest_; }

private:
    class Hosted;

    void run_to_the_end();
    void act();
    void collect();
    void collect_from(Hosted& hosted);
    void collect_edges();
    std::vector<Hosted*> ready() const;
    void resume(Hosted& hosted);
    void remove(const Hosted& hosted);
    bool jump();
    Clock::time_point next_event() const;
    void disturb();
    std::string who_waits() const;

    Random random_;
    VirtualTime time_;
    Network network_;
    std::vector<std::unique_ptr<Hosted>> hosted_;
    std::multimap<Clock::time_point, std::function<void()>> actions_;
    std::size_t foreground_ = 0;
    std::size_t steps_ = 0;
    std::uint64_t digest_ = 0;
    bool finishing_ = false;
};

} // namespace tern::simulation
