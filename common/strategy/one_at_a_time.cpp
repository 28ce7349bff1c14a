#include "common/strategy/one_at_a_time.h"

#include "common/base/result.h"
#include "common/strategy/poller/poller.h"

#include <algorithm>

namespace tern::strategy {

namespace {

/// Ends as soon as anything is there; a session, so that residents live beside it.
Task<void> wait_at(std::span<pollfd> doors) {
    Wait wait;
    wait.interests = doors;
    const auto is_open = [](const pollfd& door) { return door.revents != 0; };
    while (std::none_of(doors.begin(), doors.end(), is_open))
        co_await until(wait);
}

} // namespace

OneAtATime::OneAtATime(std::span<net::Listener> listeners, Service& service, StopSignal& stop,
                       const Surroundings& surroundings)
    : listeners_(listeners), service_(service), stop_(stop), surroundings_(surroundings),
      trouble_(surroundings.log) {
    for (const net::Listener& listener : listeners) {
        descriptors_.push_back(listener.descriptor());
        doors_.push_back({listener.descriptor(), POLLIN, 0});
    }
    doors_.push_back({stop.descriptor(), POLLIN, 0});
}

void OneAtATime::run(Driver& driver, Runner& runner) {
    driver_ = &driver;
    runner_ = &runner;
    while (wait_for_client()) {
        // One of each listener in turn, so that none waits behind another's queue.
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            if (doors_[i].revents != 0)
                accept_one(listeners_[i]);
    }
    for (const net::Listener& listener : listeners_)
        for (std::size_t left = listener.clients_waiting(); left > 0 && accept_one(listener);)
            --left;
}

bool OneAtATime::wait_for_client() {
    for (pollfd& door : doors_)
        door.revents = 0;
    driver_->drive(wait_at(doors_), *runner_);
    return doors_.back().revents == 0;
}

bool OneAtATime::accept_one(const net::Listener& listener) {
    Result<net::Accepted> accepted = listener.accept();
    if (accepted) {
        trouble_.over();
        receive(listener, std::move(*accepted), *this, surroundings_.admission, surroundings_.log);
        return true;
    }
    if (accepted.error() == std::errc::operation_would_block)
        return false;
    if (AcceptTrouble::is_the_clients(accepted.error()))
        return true;
    const Clock::time_point now = Clock::now();
    const Clock::duration pause = trouble_.pause_after(accepted.error(), listener, now);
    pollfd stop = {stop_.descriptor(), POLLIN, 0};
    ::poll(&stop, 1, poll_timeout(now, now + pause));
    return false;
}

void OneAtATime::welcome(Client client) {
    serving(client.place.ticket());
    const Door* const door = service_.makes_room() ? this : nullptr;
    driver_->drive(serve_client(service_, *runner_, std::move(client)), *runner_, door);
    free_again();
}

void OneAtATime::refuse(Client client) {
    driver_->drive(refuse_client(service_, std::move(client)), *runner_);
}

} // namespace tern::strategy
