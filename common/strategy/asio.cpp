// asio: Boost.Asio's coroutines host our sessions, on N io_contexts.
//
// The accept loop and every client are a co_spawned `awaitable` that runs its session and awaits
// what it waits for: a wait_for-readiness per interest, and a steady_timer, which is both the
// deadline and the condition variable that readiness and wakers cancel.

#include "common/hub/local_runner.h"
#include "common/strategy/accept.h"
#include "common/strategy/reactor_strategy.h"
#include "common/strategy/stop_signal.h"
#include "common/strategy/strategies.h"
#include "common/strategy/worker_threads.h"

// The thread sanitizer does not know memory fences; Asio's queues are guarded by mutexes anyway.
#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#endif

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace tern::strategy {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

class SessionHost;

/// One io_context and the sessions on it.
class Loop {
public:
    Loop(LocalHub* hub, Service& service, StopSignal& stop, const Surroundings& surroundings);

    std::shared_ptr<SessionHost> host(Task<void> conversation, bool foreground = true);
    void ended(SessionHost& host, bool foreground);
    void run() { context_.run(); }

    asio::io_context& context() noexcept { return context_; }
    Runner& runner() noexcept { return *runner_; }
    Service& service() noexcept { return service_; }
    Log& log() noexcept { return surroundings_.log; }

private:
    Task<void> deliver_post();
    Task<void> obey(StopSignal& stop);
    void finish_all();
    void abandon_all();

    const Surroundings& surroundings_;
    Service& service_;
    asio::io_context context_{1}; ///< one thread runs it: no locks inside
    std::set<SessionHost*> hosts_;
    std::size_t foreground_ = 0;
    bool stopping_ = false;
    std::unique_ptr<LocalRunner> runner_;
};

/// Runs one session. Shared by its coroutine and by readiness handlers that may still be queued
/// when the session is over.
class SessionHost final : public Waker, public std::enable_shared_from_this<SessionHost> {
public:
    SessionHost(Loop& loop, Task<void> conversation, bool foreground)
        : loop_(loop), foreground_(foreground), timer_(loop.context()),
          session(std::move(conversation)) {
        session.set_waker(*this);
    }
    ~SessionHost() override { stop_watching(); }

    static asio::awaitable<void> run(std::shared_ptr<SessionHost> self) {
        while (self->next_wait()) {
            if (self->only_lets_others_run())
                co_await asio::post(self->loop_.context(), asio::use_awaitable);
            else
                co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        self->stop_watching();
        self->loop_.ended(*self, self->foreground_);
    }

    /// Any thread.
    void wake() noexcept override {
        asio::post(loop_.context(), [self = shared_from_this()] { self->interrupt(); });
    }

    void closing(int descriptor) noexcept override {
        const auto found = watched_.find(descriptor);
        if (found == watched_.end())
            return;
        [[maybe_unused]] const int the_sessions = found->second.descriptor.release();
        watched_.erase(found);
    }

    void interrupt() { timer_.cancel(); }
    void abandon() {
        abandoned_ = true;
        interrupt();
    }
    bool foreground() const noexcept { return foreground_; }

private:
    /// Leaves the descriptors to the session; handlers that wait for them are cancelled, and let
    /// go of this host.
    void stop_watching() {
        for (auto& [number, watched] : watched_)
            [[maybe_unused]] const int the_sessions = watched.descriptor.release();
        watched_.clear();
    }

    struct Watched {
        Descriptor descriptor;
        bool reading = false; ///< an async_wait is under way
        bool writing = false;
    };

    bool next_wait() {
        wait_ = abandoned_ ? nullptr : resume_guarded(session, loop_.log());
        if (wait_ == nullptr)
            return false;
        for (pollfd& interest : wait_->interests) {
            interest.revents = 0;
            if (interest.fd >= 0)
                watch(interest);
        }
        timer_.expires_at(wait_->deadline);
        return true;
    }

    bool only_lets_others_run() const noexcept {
        return wait_->interests.empty() && wait_->deadline <= session.now();
    }

    void watch(const pollfd& interest) {
        auto found = watched_.find(interest.fd);
        if (found == watched_.end())
            found = watched_.emplace(interest.fd, Watched{{loop_.context(), interest.fd}}).first;
        Watched& watched = found->second;
        if ((interest.events & POLLIN) != 0 && !watched.reading)
            await_readiness(watched, interest.fd, Descriptor::wait_read, POLLIN, &Watched::reading);
        if ((interest.events & POLLOUT) != 0 && !watched.writing)
            await_readiness(watched, interest.fd, Descriptor::wait_write, POLLOUT,
                            &Watched::writing);
    }

    void await_readiness(Watched& watched, int number, Descriptor::wait_type what, short event,
                         bool Watched::*under_way) {
        watched.*under_way = true;
        watched.descriptor.async_wait(what, [self = shared_from_this(), number, event,
                                             under_way](const boost::system::error_code& error) {
            if (error != asio::error::operation_aborted)
                self->became_ready(number, event, under_way);
        });
    }

    void became_ready(int number, short event, bool Watched::*under_way) {
        const auto found = watched_.find(number);
        if (found == watched_.end() || wait_ == nullptr)
            return;
        found->second.*under_way = false;
        for (pollfd& interest : wait_->interests) {
            if (interest.fd != number || (interest.events & event) == 0)
                continue;
            interest.revents = static_cast<short>(interest.revents | event);
            interrupt();
        }
    }

    Loop& loop_;
    const bool foreground_;
    bool abandoned_ = false;
    asio::steady_timer timer_;
    std::map<int, Watched> watched_;
    Wait* wait_ = nullptr;

public:
    Session session; ///< last: its frames die while the rest is whole
};

/// Brings clients to a loop.
class LoopReception final : public Reception {
public:
    explicit LoopReception(Loop& loop) noexcept : loop_(loop) {}
    void welcome(Client client) override {
        loop_.host(serve_client(loop_.service(), loop_.runner(), std::move(client)));
    }
    void refuse(Client client) override {
        loop_.host(refuse_client(loop_.service(), std::move(client)));
    }

private:
    Loop& loop_;
};

Loop::Loop(LocalHub* hub, Service& service, StopSignal& stop, const Surroundings& surroundings)
    : surroundings_(surroundings), service_(service) {
    const auto postman = host(deliver_post(), false);
    runner_ = std::make_unique<LocalRunner>(hub, *postman);
    host(obey(stop), false);
}

std::shared_ptr<SessionHost> Loop::host(Task<void> conversation, bool foreground) {
    auto host = std::make_shared<SessionHost>(*this, std::move(conversation), foreground);
    hosts_.insert(host.get());
    foreground_ += foreground ? 1 : 0;
    if (stopping_)
        host->session.finish_when_idle();
    asio::co_spawn(context_, SessionHost::run(host), asio::detached);
    return host;
}

void Loop::ended(SessionHost& host, bool foreground) {
    hosts_.erase(&host);
    foreground_ -= foreground ? 1 : 0;
    if (foreground_ == 0)
        abandon_all(); // the upkeep has nothing left to keep up
}

Task<void> Loop::deliver_post() {
    Wait wait;
    for (;;) {
        co_await until(wait);
        runner_->deliver_post();
    }
}

Task<void> Loop::obey(StopSignal& stop) {
    Session& session = co_await this_session();
    std::array<pollfd, 1> interests = {pollfd{stop.descriptor(), POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    while (interests[0].revents == 0)
        co_await until(wait);
    finish_all();
    wait.interests = {};
    wait.deadline = session.now() + surroundings_.settings.shutdown_grace;
    while (session.now() < wait.deadline)
        co_await until(wait);
    abandon_all();
}

void Loop::finish_all() {
    stopping_ = true;
    for (SessionHost* const host : hosts_) {
        host->session.finish_when_idle();
        host->interrupt();
    }
}

void Loop::abandon_all() {
    for (SessionHost* const host : hosts_)
        host->abandon();
}

class AsioStrategy final : public Strategy {
public:
    explicit AsioStrategy(const Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        const auto hub = LocalHub::over(service.hub());
        std::vector<std::vector<net::Listener>> siblings =
            sibling_groups(listeners, worker_count(surroundings_.settings) - 1);
        WorkerThreads threads(stop, surroundings_.log);
        for (std::vector<net::Listener>& own : siblings)
            threads.start([&] { run_one(own, service, stop, hub.get(), threads, false); });
        threads.run_here([&] { run_one(listeners, service, stop, hub.get(), threads, true); });
    }

    bool shares_memory() const noexcept override { return true; }

private:
    void run_one(std::span<net::Listener> listeners, Service& service, StopSignal& stop,
                 LocalHub* hub, WorkerThreads& threads, bool is_first) const {
        Loop loop(hub, service, stop, surroundings_);
        LoopReception reception(loop);
        loop.host(accept_clients(listeners, reception, surroundings_.admission, surroundings_.log));
        for (std::size_t i = 0; is_first && i < service.residents(); ++i)
            loop.host(service.reside(i, loop.runner()), false);
        threads.wait_for_all(worker_count(surroundings_.settings));
        loop.run();
    }

    const Surroundings surroundings_;
};

} // namespace

std::unique_ptr<Strategy> make_asio(const Surroundings& surroundings) {
    return std::make_unique<AsioStrategy>(surroundings);
}

} // namespace tern::strategy
