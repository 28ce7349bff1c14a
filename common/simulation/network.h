#pragma once
// Links that exist in memory only: what TCP does to those who use it, under a virtual clock.
//
// Bytes and ends take time, reads and writes are short, a full pipe blocks its writer until the
// reader has made room, and whoever dies with unread input resets its peer.

#include "common/net/transport.h"
#include "common/simulation/descriptor.h"
#include "common/simulation/virtual_time.h"
#include "common/simulation/weather.h"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tern::simulation {

class Network;
class SimulatedTransport;

/// How a link is made.
struct LinkSetup {
    std::size_t capacity = std::size_t{64} << 10; ///< bytes under way or unread, each direction
    bool reads_ahead = false; ///< like TLS: input is buffered where the descriptor does not show it
    std::string alpn;
};

/// One direction of a link. Bytes travel in segments, and their end behind them.
struct Pipe {
    struct Segment {
        Clock::time_point arrival;
        std::string bytes;
        bool end = false;
    };
    std::deque<Segment> under_way;
    std::string arrived;
    std::size_t load = 0; ///< bytes under way and arrived
    bool end_sent = false;
    bool end_arrived = false;

    /// Everything that is not read yet is lost.
    void drop() noexcept;
};

struct Link {
    explicit Link(const LinkSetup& wanted) : setup(wanted) {}
    const LinkSetup setup;
    std::array<Pipe, 2> pipes;                    ///< by who writes: 0 the client, 1 the server
    std::array<SimulatedTransport*, 2> ends = {}; ///< null: gone
};

/// One end of a link.
class SimulatedTransport final : public net::Transport {
public:
    SimulatedTransport(Network& network, std::shared_ptr<Link> link, std::size_t side,
                       Weather& weather, int number);
    ~SimulatedTransport() override;

    net::Progress read(std::span<char> into) override;
    net::Progress write(std::span<const iovec> pieces) override;
    net::Progress send_file(int file, off_t offset, std::size_t count) override;
    net::Progress shut_down() override;
    int descriptor() const noexcept override { return number_; }
    std::string alpn() const override { return link_->setup.alpn; }
    bool has_buffered_input() const noexcept override { return !read_ahead_.empty(); }

    /// What poll(2) would say.
    short ready() const noexcept;
    /// The connection breaks, for both ends.
    void reset();

private:
    friend class Network;
    Pipe& incoming() const noexcept { return link_->pipes[1 - side_]; }
    Pipe& outgoing() const noexcept { return link_->pipes[side_]; }
    SimulatedTransport* peer() const noexcept { return link_->ends[1 - side_]; }
    bool is_writable() const noexcept;

    /// Fails the attempt, if that is its fate.
    bool is_doomed(Attempt attempt, net::Progress& outcome);
    net::Progress take(std::string& from, std::span<char> into);
    net::Progress put(std::string bytes);
    void settle(Clock::time_point now);
    void make_room(std::size_t bytes);
    void be_reset() noexcept;

    Network& network_;
    const std::shared_ptr<Link> link_; ///< the two ends share it; the last one ends it
    const std::size_t side_;
    Weather& weather_;
    const int number_;
    EdgeRegistration edges_;
    std::string read_ahead_;
    bool reset_ = false;
    bool broken_ = false;
    bool announced_ = false; ///< Waker::closing was called for it
};

/// All links of a simulation, and its poller.
class Network {
public:
    explicit Network(const VirtualTime& time, Trigger trigger = Trigger::level) noexcept
        : time_(time), trigger_(trigger) {}
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    struct Ends {
        std::unique_ptr<SimulatedTransport> client;
        std::unique_ptr<SimulatedTransport> server;
    };
    /// Each end has a weather of its own, which outlives it.
    Ends connect(Weather& client, Weather& server, const LinkSetup& setup = {});

    /// Delivers what has arrived by now.
    void settle();
    /// When something arrives next; no_deadline if nothing is under way.
    Clock::time_point next_arrival() const noexcept;
    /// How many ends exist.
    std::size_t open() const noexcept { return ends_.size(); }
    /// How many were waited for and then closed without a word to the strategy.
    std::size_t unannounced() const noexcept { return unannounced_; }

    /// As a poller: a session has suspended with this interest.
    void watch(const pollfd& interest);
    void closing(int number) noexcept;
    /// What has become ready: of these interests if level-triggered, else of all registrations.
    struct Event {
        int number = 0;
        short revents = 0;
    };
    std::vector<Event> poll_edges();
    short poll_level(const pollfd& interest) const;
    Trigger trigger() const noexcept { return trigger_; }

private:
    friend class SimulatedTransport;

    const VirtualTime& time_;
    const Trigger trigger_;
    std::map<int, SimulatedTransport*> ends_;
    int next_number_ = first_number;
    std::size_t unannounced_ = 0;
};

} // namespace tern::simulation
