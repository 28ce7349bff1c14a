#include "common/simulation/simulation.h"

#include <algorithm>

namespace tern::simulation {
namespace {

/// More than any honest run takes; past it the sessions keep each other busy for ever.
constexpr std::size_t most_steps = 1'000'000;

} // namespace

class Simulation::Hosted final : public Waker {
public:
    Hosted(Simulation& simulation, std::string its_name, Kind its_kind, Task<void> conversation)
        : name(std::move(its_name)), kind(its_kind), session(std::move(conversation)),
          simulation_(simulation) {
        session.set_waker(*this);
        session.set_time(simulation.time_);
    }

    void wake() noexcept override { woken = true; }
    void closing(int descriptor) noexcept override { simulation_.network_.closing(descriptor); }

    bool is_ready(Clock::time_point now) const noexcept {
        return wait == nullptr || woken || wait->deadline <= now ||
               std::any_of(wait->interests.begin(), wait->interests.end(),
                           [](const pollfd& interest) { return interest.revents != 0; });
    }

    const std::string name;
    const Kind kind;
    bool woken = false;
    Wait* wait = nullptr; ///< null before the first step
    Session session;      ///< last: its frames die while the rest is whole

private:
    Simulation& simulation_;
};

Simulation::Simulation(std::uint64_t seed)
    : random_(seed), network_(time_, random_.once_in(2) ? Trigger::edge : Trigger::level) {}

Simulation::~Simulation() = default;

Waker& Simulation::host(std::string name, Task<void> conversation, Kind kind) {
    hosted_.push_back(
        std::make_unique<Hosted>(*this, std::move(name), kind, std::move(conversation)));
    if (kind == Kind::foreground)
        ++foreground_;
    if (finishing_)
        hosted_.back()->session.finish_when_idle();
    return *hosted_.back();
}

void Simulation::at(Clock::time_point time, std::function<void()> action) {
    actions_.emplace(time, std::move(action));
}

void Simulation::finish_all() noexcept {
    finishing_ = true;
    for (const auto& hosted : hosted_) {
        hosted->session.finish_when_idle();
        hosted->woken = true;
    }
}

bool Simulation::abandon(const std::string& name) {
    const auto found = std::find_if(hosted_.begin(), hosted_.end(),
                                    [&](const auto& hosted) { return hosted->name == name; });
    if (found == hosted_.end())
        return false;
    remove(**found);
    return true;
}

void Simulation::remove(const Hosted& hosted) {
    const auto found = std::find_if(hosted_.begin(), hosted_.end(),
                                    [&](const auto& other) { return other.get() == &hosted; });
    if (hosted.kind == Kind::foreground)
        --foreground_;
    const std::unique_ptr<Hosted> gone = std::move(*found); // dies when it is out of the list
    hosted_.erase(found);
}

void Simulation::run() {
    try {
        run_to_the_end();
    } catch (...) { // before those whom they refer to
        while (foreground_ > 0)
            remove(**std::find_if(hosted_.begin(), hosted_.end(), [](const auto& hosted) {
                return hosted->kind == Kind::foreground;
            }));
        throw;
    }
}

void Simulation::run_to_the_end() {
    while (foreground_ > 0) {
        if (++steps_ > most_steps)
            throw Hang("sessions never come to rest: " + who_waits());
        disturb();
        act();
        collect();
        const std::vector<Hosted*> candidates = ready();
        if (!candidates.empty())
            resume(*candidates[random_.below(candidates.size())]);
        else if (foreground_ > 0 && !jump()) // an action may have ended the last one
            throw Hang("sessions hang: " + who_waits());
    }
}

void Simulation::disturb() {
    if (random_.once_in(8)) // a slow machine
        time_.advance(Clock::duration(random_.below(1'000'000)));
    if (random_.once_in(16) && !hosted_.empty())
        hosted_[random_.below(hosted_.size())]->woken = true;
}

void Simulation::act() {
    while (!actions_.empty() && actions_.begin()->first <= time_.now()) {
        const std::function<void()> action = std::move(actions_.begin()->second);
        actions_.erase(actions_.begin());
        action();
    }
}

void Simulation::collect() {
    network_.settle();
    if (network_.trigger() == Trigger::edge)
        collect_edges();
    for (const auto& hosted : hosted_)
        if (hosted->wait != nullptr)
            collect_from(*hosted);
}

void Simulation::collect_from(Hosted& hosted) {
    for (pollfd& interest : hosted.wait->interests) {
        if (interest.fd >= first_number) {
            if (network_.trigger() == Trigger::level)
                interest.revents = network_.poll_level(interest);
        } else {
            ::poll(&interest, 1, 0);
        }
    }
}

/// What is reported for a descriptor that its session does not wait for now is lost, as it is
/// under a real epoll.
void Simulation::collect_edges() {
    for (const Network::Event& event : network_.poll_edges()) {
        for (const auto& hosted : hosted_) {
            if (hosted->wait == nullptr)
                continue;
            for (pollfd& interest : hosted->wait->interests) {
                const int wanted = interest.events | POLLERR | POLLHUP;
                if (interest.fd == event.number)
                    interest.revents =
                        static_cast<short>(interest.revents | (event.revents & wanted));
            }
        }
    }
}

std::vector<Simulation::Hosted*> Simulation::ready() const {
    std::vector<Hosted*> all;
    for (const auto& hosted : hosted_)
        if (hosted->is_ready(time_.now()))
            all.push_back(hosted.get());
    return all;
}

void Simulation::resume(Hosted& hosted) {
    const auto place = std::find_if(hosted_.begin(), hosted_.end(),
                                    [&](const auto& other) { return other.get() == &hosted; });
    digest_ = (digest_ ^ static_cast<std::uint64_t>(place - hosted_.begin())) * 0x100000001b3;
    digest_ ^= static_cast<std::uint64_t>(time_.now().time_since_epoch().count());
    hosted.woken = hosted.woken && hosted.wait == nullptr; // before the first wait: for that one
    hosted.wait = hosted.session.resume();
    if (hosted.wait == nullptr) {
        remove(hosted);
        return;
    }
    for (pollfd& interest : hosted.wait->interests) {
        if (interest.fd >= first_number)
            network_.watch(interest);
        interest.revents = 0;
    }
}

Clock::time_point Simulation::next_event() const {
    Clock::time_point next = network_.next_arrival();
    if (!actions_.empty())
        next = std::min(next, actions_.begin()->first);
    for (const auto& hosted : hosted_)
        next = std::min(next, hosted->wait->deadline);
    return next;
}

bool Simulation::jump() {
    const Clock::time_point next = next_event();
    if (next == no_deadline)
        return false;
    time_.advance_to(next);
    return true;
}

std::string Simulation::who_waits() const {
    std::string text;
    for (const auto& hosted : hosted_) {
        if (hosted->kind == Kind::background)
            continue;
        text += text.empty() ? "" : ", ";
        text += hosted->name + " waits for";
        if (hosted->wait == nullptr || hosted->wait->interests.empty()) {
            text += " a wake-up or a deadline";
            continue;
        }
        for (const pollfd& interest : hosted->wait->interests)
            text += " descriptor " + std::to_string(interest.fd) + " events " +
                    std::to_string(interest.events);
    }
    return text;
}

} // namespace tern::simulation
