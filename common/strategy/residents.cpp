#include "common/strategy/residents.h"

#include "common/strategy/client_session.h"

#include <algorithm>
#include <atomic>

namespace tern::strategy {

class Residents::Hosted final : public Waker {
public:
    Hosted(Task<void> conversation, Waker& alarm)
        : alarm_(alarm), session(std::move(conversation)) {
        session.set_waker(*this);
    }
    void wake() noexcept override {
        woken = true;
        alarm_.wake();
    }

private:
    Waker& alarm_;

public:
    std::atomic<bool> woken = true; ///< it has yet to begin
    bool is_over = false;
    Wait* wait = nullptr;
    Session session; ///< last: its frames die while the rest is whole
};

Residents::Residents(Service& service, Runner& runner, Waker& alarm, Log& log) : log_(log) {
    for (std::size_t i = 0; i < service.residents(); ++i)
        all_.push_back(std::make_unique<Hosted>(service.reside(i, runner), alarm));
}

Residents::~Residents() = default;

void Residents::list(std::vector<pollfd>& interests) {
    for (const std::unique_ptr<Hosted>& hosted : all_)
        if (hosted->wait != nullptr)
            for (pollfd& interest : hosted->wait->interests) {
                interest.revents = 0;
                interests.push_back(interest);
            }
}

Clock::time_point Residents::deadline() const noexcept {
    Clock::time_point first = no_deadline;
    for (const std::unique_ptr<Hosted>& hosted : all_) {
        if (hosted->woken && !hosted->is_over)
            return Clock::time_point::min();
        if (hosted->wait != nullptr)
            first = std::min(first, hosted->wait->deadline);
    }
    return first;
}

void Residents::take_turns(std::span<const pollfd> polled, Clock::time_point now) {
    std::size_t next = 0;
    for (const std::unique_ptr<Hosted>& hosted : all_) {
        if (hosted->is_over)
            continue;
        bool is_due = hosted->woken.exchange(false);
        if (hosted->wait != nullptr) {
            is_due = is_due || hosted->wait->deadline <= now;
            for (pollfd& interest : hosted->wait->interests) {
                interest.revents = polled[next++].revents;
                is_due = is_due || interest.revents != 0;
            }
        }
        if (!is_due)
            continue;
        hosted->wait = resume_guarded(hosted->session, log_);
        hosted->is_over = hosted->wait == nullptr;
    }
}

void Residents::finish_when_idle() noexcept {
    for (const std::unique_ptr<Hosted>& hosted : all_) {
        hosted->session.finish_when_idle();
        hosted->woken = true;
    }
}

} // namespace tern::strategy
