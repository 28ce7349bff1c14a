#include "common/simulation/network.h"

#include "common/base/result.h"

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace tern::simulation {
namespace {

using net::Progress;

Progress failed(int error) { return Progress::failed({error, std::system_category()}); }

} // namespace

void Pipe::drop() noexcept {
    under_way.clear();
    arrived.clear();
    load = 0;
}

SimulatedTransport::SimulatedTransport(Network& network, std::shared_ptr<Link> link,
                                       std::size_t side, Weather& weather, int number)
    : network_(network), link_(std::move(link)), side_(side), weather_(weather), number_(number) {
    link_->ends[side_] = this;
    network_.ends_.emplace(number_, this);
}

SimulatedTransport::~SimulatedTransport() {
    if (was_waited_for() && !announced_)
        ++network_.unannounced_;
    network_.ends_.erase(number_);
    const bool unread = incoming().load > 0 || !read_ahead_.empty();
    SimulatedTransport* const other = peer();
    link_->ends[side_] = nullptr;
    if (other == nullptr || reset_)
        return;
    if (unread) { // the kernel answers with a reset, and what we said last may be lost
        outgoing().drop();
        other->be_reset();
    } else if (!outgoing().end_sent) {
        outgoing().end_sent = true;
        outgoing().under_way.push_back({network_.time_.now(), {}, true});
        other->settle(network_.time_.now());
    }
}

bool SimulatedTransport::is_writable() const noexcept {
    // As Linux: not for every byte, but when a third is free.
    return (link_->setup.capacity - outgoing().load) * 3 >= link_->setup.capacity;
}

short SimulatedTransport::ready() const noexcept {
    if (reset_ || broken_)
        return POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP;
    int events = 0;
    if (!incoming().arrived.empty())
        events |= POLLIN;
    if (incoming().end_arrived)
        events |= POLLIN | POLLRDHUP;
    if (is_writable())
        events |= POLLOUT;
    if (incoming().end_arrived && outgoing().end_sent)
        events |= POLLHUP;
    return static_cast<short>(events);
}

bool SimulatedTransport::is_doomed(Attempt attempt, Progress& outcome) {
    settle(network_.time_.now());
    const Fate fate = weather_.fate(attempt);
    if (fate == Fate::fails)
        broken_ = true;
    if (fate == Fate::reset)
        reset();
    if (fate == Fate::peer_ends && attempt == Attempt::read) {
        incoming().drop();
        incoming().end_arrived = true;
        read_ahead_.clear();
    }
    if (broken_ || reset_) {
        const int after_reset = attempt == Attempt::read ? ECONNRESET : EPIPE;
        outcome = failed(broken_ ? EIO : after_reset);
        return true;
    }
    // Only where the other direction is ready, for a peer may wait for this one.
    const bool other_is_ready =
        attempt == Attempt::read ? is_writable() : !incoming().arrived.empty();
    if (fate != Fate::reversed || attempt == Attempt::shut_down || !other_is_ready)
        return false;
    outcome = Progress::blocked(attempt == Attempt::read ? POLLOUT : POLLIN);
    return true;
}

Progress SimulatedTransport::take(std::string& from, std::span<char> into) {
    const std::size_t count = weather_.portion(std::min(into.size(), from.size()));
    from.copy(into.data(), count);
    from.erase(0, count);
    return Progress::moved(count);
}

Progress SimulatedTransport::read(std::span<char> into) {
    Progress outcome;
    if (is_doomed(Attempt::read, outcome))
        return outcome;
    Pipe& pipe = incoming();
    if (link_->setup.reads_ahead && read_ahead_.empty() && !pipe.arrived.empty()) {
        read_ahead_ = std::exchange(pipe.arrived, {});
        make_room(read_ahead_.size());
    }
    if (!read_ahead_.empty())
        return take(read_ahead_, into);
    if (!pipe.arrived.empty()) {
        outcome = take(pipe.arrived, into);
        if (pipe.arrived.empty() && outcome.bytes < into.size())
            drained_by_short_read();
        make_room(outcome.bytes);
        return outcome;
    }
    if (pipe.end_arrived)
        return Progress::ended();
    drained();
    return Progress::blocked(POLLIN);
}

void SimulatedTransport::make_room(std::size_t bytes) {
    SimulatedTransport* const writer = peer();
    const bool was_writable = writer == nullptr || writer->is_writable();
    incoming().load -= bytes;
    if (!was_writable && writer->is_writable())
        writer->edges_.happened(POLLOUT);
}

Progress SimulatedTransport::write(std::span<const iovec> pieces) {
    Progress outcome;
    if (is_doomed(Attempt::write, outcome))
        return outcome;
    if (outgoing().end_sent)
        return failed(EPIPE);
    std::string bytes;
    for (const iovec& piece : pieces)
        bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    return put(std::move(bytes));
}

Progress SimulatedTransport::put(std::string bytes) {
    if (peer() == nullptr) { // the first write vanishes; its answer is a reset
        be_reset();
        return Progress::moved(bytes.size());
    }
    Pipe& pipe = outgoing();
    const std::size_t room = link_->setup.capacity - pipe.load;
    if (room == 0) {
        filled();
        return Progress::blocked(POLLOUT);
    }
    if (bytes.empty())
        return Progress::moved(0);
    bytes.resize(weather_.portion(std::min(bytes.size(), room)));
    const std::size_t count = bytes.size();
    const Clock::time_point last =
        pipe.under_way.empty() ? network_.time_.now() : pipe.under_way.back().arrival;
    pipe.load += count;
    pipe.under_way.push_back(
        {std::max(last, network_.time_.now() + weather_.delay()), std::move(bytes)});
    peer()->settle(network_.time_.now());
    return Progress::moved(count);
}

Progress SimulatedTransport::send_file(int file, off_t offset, std::size_t count) {
    Progress outcome;
    if (is_doomed(Attempt::write, outcome))
        return outcome;
    const std::size_t room = link_->setup.capacity - outgoing().load;
    std::string bytes(std::min(count, room), '\0');
    const ssize_t got = ::pread(file, bytes.data(), bytes.size(), offset);
    if (got < 0 || (got == 0 && room > 0)) // at its end, the file is shorter than promised
        return failed(got < 0 ? errno : EIO);
    bytes.resize(static_cast<std::size_t>(got));
    return put(std::move(bytes));
}

Progress SimulatedTransport::shut_down() {
    Progress outcome;
    if (is_doomed(Attempt::shut_down, outcome))
        return outcome;
    Pipe& pipe = outgoing();
    if (std::exchange(pipe.end_sent, true))
        return Progress::moved(0);
    const Clock::time_point last =
        pipe.under_way.empty() ? network_.time_.now() : pipe.under_way.back().arrival;
    pipe.under_way.push_back({std::max(last, network_.time_.now() + weather_.delay()), {}, true});
    if (SimulatedTransport* const other = peer())
        other->settle(network_.time_.now());
    return Progress::moved(0);
}

void SimulatedTransport::settle(Clock::time_point now) {
    Pipe& pipe = incoming();
    bool news = false;
    while (!pipe.under_way.empty() && pipe.under_way.front().arrival <= now) {
        Pipe::Segment& segment = pipe.under_way.front();
        pipe.arrived += segment.bytes;
        pipe.end_arrived = pipe.end_arrived || segment.end;
        pipe.under_way.pop_front();
        news = true;
    }
    if (news)
        edges_.happened(pipe.end_arrived ? POLLIN | POLLRDHUP : POLLIN);
}

void SimulatedTransport::be_reset() noexcept {
    reset_ = true;
    read_ahead_.clear();
    incoming().drop();
    edges_.happened(POLLIN | POLLOUT | POLLERR | POLLHUP);
}

void SimulatedTransport::reset() {
    be_reset();
    if (SimulatedTransport* const other = peer())
        other->be_reset();
}

Network::Ends Network::connect(Weather& client, Weather& server, const LinkSetup& setup) {
    const auto link = std::make_shared<Link>(setup);
    Ends ends;
    ends.client = std::make_unique<SimulatedTransport>(*this, link, 0, client, next_number_++);
    ends.server = std::make_unique<SimulatedTransport>(*this, link, 1, server, next_number_++);
    return ends;
}

void Network::settle() {
    for (const auto& [number, end] : ends_)
        end->settle(time_.now());
}

Clock::time_point Network::next_arrival() const noexcept {
    Clock::time_point next = no_deadline;
    for (const auto& [number, end] : ends_)
        if (!end->incoming().under_way.empty())
            next = std::min(next, end->incoming().under_way.front().arrival);
    return next;
}

void Network::watch(const pollfd& interest) {
    const auto found = ends_.find(interest.fd);
    if (found == ends_.end())
        throw std::logic_error("a session waits for a descriptor that is closed");
    found->second->edges_.watch(interest);
}

void Network::closing(int number) noexcept {
    const auto found = ends_.find(number);
    if (found != ends_.end())
        found->second->announced_ = true;
}

std::vector<Network::Event> Network::poll_edges() {
    std::vector<Event> events;
    for (const auto& [number, end] : ends_)
        if (const short revents = end->edges_.take(end->ready()))
            events.push_back({number, revents});
    return events;
}

short Network::poll_level(const pollfd& interest) const {
    const auto found = ends_.find(interest.fd);
    if (found == ends_.end())
        return POLLNVAL;
    return static_cast<short>(found->second->ready() & (interest.events | POLLERR | POLLHUP));
}

} // namespace tern::simulation
