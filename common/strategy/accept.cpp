#include "common/strategy/accept.h"

#include <algorithm>

namespace tern::strategy {
namespace {

/// Clients taken from one listener before others get their turn.
constexpr std::size_t clients_per_turn = 64;

/// One accept loop's listeners and what it waits for.
class AcceptLoop {
public:
    AcceptLoop(std::span<net::Listener> listeners, Reception& reception, Admission& admission,
               Log& log)
        : listeners_(listeners), reception_(reception), admission_(admission), log_(log),
          trouble_(log), interests_(listeners.size()) {
        wait_.interests = interests_;
    }

    /// What to wait for next: clients, or the end of a pause.
    Wait& next_wait(Clock::time_point now) {
        if (resume_at_ > now) {
            wait_.interests = {};
            wait_.deadline = resume_at_;
            return wait_;
        }
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            interests_[i] = {listeners_[i].descriptor(), POLLIN, hints_[i]};
        wait_.interests = interests_;
        wait_.deadline = no_deadline;
        return wait_;
    }

    void accept_some(Clock::time_point now) {
        const bool paused = wait_.interests.empty();
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            if (paused || (interests_[i].revents & ~still_armed) != 0)
                accept_from(i, clients_per_turn, now);
    }

    void close(Session& session) {
        for (std::size_t i = 0; i < listeners_.size(); ++i) {
            accept_from(i, listeners_[i].clients_waiting(), session.now());
            session.closing(listeners_[i].descriptor());
            listeners_[i].close();
        }
    }

private:
    void accept_from(std::size_t index, std::size_t limit, Clock::time_point now) {
        const net::Listener& listener = listeners_[index];
        hints_[index] = 0;
        for (std::size_t taken = 0; taken < limit;) {
            Result<net::Accepted> accepted = accept_if_room(listener);
            if (accepted) {
                trouble_.over();
                receive(listener, std::move(*accepted), reception_, admission_, log_);
                ++taken;
            } else if (accepted.error() == std::errc::operation_would_block) {
                hints_[index] = still_armed;
                return;
            } else if (!AcceptTrouble::is_the_clients(accepted.error())) {
                resume_at_ = now + trouble_.pause_after(accepted.error(), listener, now);
                return;
            }
        }
    }

    Result<net::Accepted> accept_if_room(const net::Listener& listener) {
        if (!reception_.has_room())
            return std::make_error_code(std::errc::too_many_files_open);
        return listener.accept();
    }

    std::span<net::Listener> listeners_;
    Reception& reception_;
    Admission& admission_;
    Log& log_;
    AcceptTrouble trouble_;
    Clock::time_point resume_at_ = Clock::time_point::min();
    std::vector<pollfd> interests_;
    std::vector<short> hints_ = std::vector<short>(listeners_.size(), 0);
    Wait wait_;
};

} // namespace

bool AcceptTrouble::is_the_clients(std::error_code error) noexcept {
    // accept(2): errors that were already pending on the new socket.
    return error == std::errc::connection_aborted || error == std::errc::interrupted ||
           error == std::errc::protocol_error || error == std::errc::network_down ||
           error == std::errc::network_unreachable || error == std::errc::host_unreachable ||
           error == std::errc::operation_not_permitted;
}

Clock::duration AcceptTrouble::pause_after(std::error_code error, const net::Listener& listener,
                                           Clock::time_point now) {
    std::size_t suppressed = 0;
    if (limit_.allow(now, suppressed))
        log_.error("cannot accept on {}: {} ({} such errors not logged)",
                   listener.address().to_string(), error.message(), suppressed);
    const Clock::duration pause = pause_;
    pause_ = std::min<Clock::duration>(pause_ * 2, longest);
    return pause;
}

Task<void> accept_clients(std::span<net::Listener> listeners, Reception& reception,
                          Admission& admission, Log& log) {
    Session& session = co_await this_session();
    AcceptLoop loop(listeners, reception, admission, log);
    while (!session.finish_requested()) {
        Wait& wait = loop.next_wait(session.now());
        co_await until(wait);
        loop.accept_some(session.now());
    }
    loop.close(session);
}

namespace {

const char* reason(Admission::Verdict verdict) noexcept {
    return verdict == Admission::Verdict::full ? "the server is full"
                                               : "too many connections from this address";
}

} // namespace

void receive(const net::Listener& listener, net::Accepted accepted, Reception& reception,
             Admission& admission, Log& log) try {
    if (!reception.can_watch(accepted.socket.get())) {
        log.info("refused {}: its descriptor is too large for this strategy",
                 accepted.peer.to_string());
        return;
    }
    Admission::Place place;
    const Admission::Verdict verdict = admission.admit(accepted.peer, place);
    Client client = make_client(listener, std::move(accepted), std::move(place));
    if (verdict == Admission::Verdict::welcome) {
        reception.welcome(std::move(client));
        return;
    }
    log.info("refused {}: {}", client.endpoints.peer.to_string(), reason(verdict));
    reception.refuse(std::move(client));
} catch (const std::exception& error) { // an exhausted machine must not end the accept loop
    log.error("could not serve a new client: {}", error.what());
}

} // namespace tern::strategy
