// fork_per_client: a child process for each client, as the classic Unix daemons did it.
//
// The parent is a reactor: it accepts, refuses clients past the limit, watches its children, and
// carries what they say to the hub. Children share nothing: one that dies, whatever the cause,
// takes only its own client along.

#include "common/hub/child_link.h"
#include "common/hub/remote_runner.h"
#include "common/strategy/child_process.h"
#include "common/strategy/driver.h"
#include "common/strategy/inheritance.h"
#include "common/strategy/reactor.h"
#include "common/strategy/strategies.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

namespace tern::strategy {
namespace {

/// The parent's session for one child: keeps its place as long as it lives.
Task<void> watch(ChildProcess child, Admission::Place place, Log& log) {
    co_await child.end(log);
    const Admission::Place given_back = std::move(place);
}

/// Forks a child for each client. The child's life is one call deep in its parent's accept loop,
/// of which nothing runs there any more: it leaves by _exit.
class Nursery final : public Reception {
public:
    Nursery(Reactor& reactor, LocalHub* hub, Service& service, StopSignal& stop,
            const Inheritance& inheritance, const Surroundings& surroundings)
        : reactor_(reactor), hub_(hub), service_(service), stop_(stop), inheritance_(inheritance),
          surroundings_(surroundings) {}

    /// Besides its socket, which the parent closes again, a client takes a handle of its child
    /// and, with a hub, a channel. They are set aside before it is accepted: a client that could
    /// not be served would better have waited.
    bool has_room() override {
        for (UniqueFd& reserved : reserve_)
            if (!reserved)
                reserved.reset(::fcntl(stop_.descriptor(), F_DUPFD_CLOEXEC, 0));
        return std::all_of(reserve_.begin(), reserve_.end(),
                           [](const UniqueFd& reserved) { return static_cast<bool>(reserved); });
    }

    void welcome(Client client) override {
        for (UniqueFd& reserved : reserve_)
            reserved.reset();
        std::optional<net::Channel> ours;
        std::optional<net::Channel> childs;
        if (hub_ != nullptr)
            std::tie(ours, childs) = net::Channel::make();
        const auto body = [&] { serve_alone(std::move(client), std::move(childs)); };
        ChildProcess child = ChildProcess::start(body, surroundings_.log);
        reactor_.host(watch(std::move(child), std::move(client.place), surroundings_.log));
        if (ours)
            reactor_.host(serve_child_link(*hub_, std::move(*ours)));
    }

    void refuse(Client client) override {
        reactor_.host(refuse_client(service_, std::move(client)));
    }

private:
    /// All that a child does.
    void serve_alone(Client client, std::optional<net::Channel> channel) {
        client.place.disown();
        inheritance_.close_others(
            {client.transport->descriptor(), channel ? channel->descriptor() : -1});
        RemoteRunner runner(std::move(channel));
        Driver driver(stop_, surroundings_.settings.shutdown_grace, false, surroundings_.log);
        driver.drive(serve_client(service_, runner, std::move(client)), runner);
    }

    Reactor& reactor_;
    LocalHub* const hub_;
    Service& service_;
    StopSignal& stop_;
    const Inheritance& inheritance_;
    const Surroundings& surroundings_;
    std::array<UniqueFd, 3> reserve_;
};

class ForkPerClient final : public Strategy {
public:
    explicit ForkPerClient(const Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(std::span<net::Listener> listeners, Service& service, StopSignal& stop) override {
        Inheritance inheritance;
        for (const net::Listener& listener : listeners)
            inheritance.exclude(listener.descriptor());
        const auto hub = LocalHub::over(service.hub());
        // The children mind the grace themselves; the parent gives them time to.
        const auto patience = surroundings_.settings.shutdown_grace + std::chrono::seconds(1);
        Reactor reactor(make_poll_poller(), hub.get(), stop, patience, surroundings_.log);
        Nursery nursery(reactor, hub.get(), service, stop, inheritance, surroundings_);
        reactor.host(
            accept_clients(listeners, nursery, surroundings_.admission, surroundings_.log));
        host_residents(reactor, service);
        reactor.run();
    }

    bool shares_memory() const noexcept override { return false; }

private:
    const Surroundings surroundings_;
};

} // namespace

std::unique_ptr<Strategy> make_fork_per_client(const Surroundings& surroundings) {
    return std::make_unique<ForkPerClient>(surroundings);
}

} // namespace tern::strategy
