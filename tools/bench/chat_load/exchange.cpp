#include "tools/bench/chat_load/exchange.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace bench {
namespace {

constexpr double nanoseconds = 1e9;

std::uint64_t after(std::uint64_t time, double seconds) {
    return time + static_cast<std::uint64_t>(seconds * nanoseconds);
}

} // namespace

Exchange::Exchange(const Dialect& dialect, Crowd& crowd, const ExchangePlan& plan)
    : dialect_(dialect), crowd_(crowd), plan_(plan), room_(crowd.room_of(0)),
      listeners_(crowd.size()), flights_(plan.senders), has_output_(crowd.size()) {
    for (Listener& listener : listeners_)
        listener.expected.assign(plan_.senders, 0);
    if (plan_.first_listener_stops)
        crowd_.loop().forget(crowd_.client(0).descriptor());
}

std::uint64_t Exchange::receivers_of_each() const noexcept {
    std::size_t count = plan_.listeners - (plan_.first_listener_stops ? 1 : 0);
    if (dialect_.senders_listen())
        count += plan_.senders - (dialect_.senders_hear_themselves() ? 0 : 1);
    return count;
}

void Exchange::send(std::uint64_t due) {
    const std::size_t sender = next_sender_;
    next_sender_ = (next_sender_ + 1) % plan_.senders;
    auto& flights = flights_[sender];
    text_.clear();
    append_payload(
        text_,
        {static_cast<std::uint32_t>(sender), static_cast<std::uint32_t>(flights.size()), due},
        plan_.payload);
    flights.push_back({static_cast<std::uint32_t>(receivers_of_each())});
    const std::size_t index = plan_.listeners + sender;
    dialect_.append_publish(crowd_.client(index).output(), room_, text_);
    has_output_[index] = true;
    ++sent_;
}

void Exchange::send_what_is_due(std::uint64_t time) {
    if (plan_.window > 0) {
        while (time < end_ && sent_ - landed_ < plan_.window)
            send(time);
        return;
    }
    for (;;) {
        const std::uint64_t due = after(begin_, static_cast<double>(sent_) / plan_.rate);
        if (due > time || due >= end_)
            return;
        send(due);
    }
}

void Exchange::flush_senders() {
    for (std::size_t index = plan_.listeners; index < crowd_.size(); ++index) {
        if (!has_output_[index])
            continue;
        has_output_[index] = false;
        crowd_.flush(index);
    }
}

void Exchange::received(std::size_t index, std::string_view line, std::uint64_t time) {
    if (line.size() < plan_.payload || line[line.size() - plan_.payload] != '~')
        return crowd_.keep_alive(index, line);
    const Payload payload = payload_from(line.data() + line.size() - plan_.payload);
    if (payload.due < begin_)
        return; // history, which newcomers are shown
    if (payload.sender >= plan_.senders || payload.number >= flights_[payload.sender].size()) {
        ++strange_;
        return;
    }
    Listener& listener = listeners_[index];
    std::uint32_t& expected = listener.expected[payload.sender];
    if (payload.number != expected)
        ++out_of_order_;
    expected = payload.number + 1;
    listener.order = (listener.order ^ (std::uint64_t{payload.sender} << 32 | payload.number)) *
                     0x9e3779b97f4a7c15U;
    ++listener.received;
    ++deliveries_;
    latency_.add(time - std::min(time, payload.due));
    if (--flights_[payload.sender][payload.number].missing == 0)
        ++landed_;
}

void Exchange::ready(std::size_t index) {
    if (index >= plan_.listeners)
        crowd_.flush(index);
    const std::uint64_t time = now();
    last_delivery_ = time;
    const bool lives = crowd_.client(index).receive(
        dialect_, [&](std::string_view line) { received(index, line, time); });
    if (!lives && !listeners_[index].is_over) {
        listeners_[index].is_over = true;
        ++lost_members_;
        crowd_.loop().forget(crowd_.client(index).descriptor());
    }
}

void Exchange::run() {
    begin_ = now();
    end_ = after(begin_, plan_.seconds);
    const std::uint64_t give_up = after(end_, plan_.patience);
    for (;;) {
        const std::uint64_t time = now();
        if (time >= give_up || (time >= end_ && landed_ == sent_))
            break;
        send_what_is_due(time);
        flush_senders();
        std::uint64_t deadline = time < end_ ? end_ : give_up;
        if (plan_.window == 0)
            deadline = std::min(deadline, after(begin_, static_cast<double>(sent_) / plan_.rate));
        if (deadline <= now() && deadline < end_)
            continue;
        crowd_.loop().wait(deadline, [this](std::uint32_t index) { ready(index); });
    }
}

/// Of those that only listen.
std::size_t Exchange::different_orders() const {
    std::set<std::uint64_t> orders;
    for (std::size_t index = 0; index < plan_.listeners; ++index)
        if (!is_stopped(index))
            orders.insert(listeners_[index].order);
    return orders.size();
}

std::string Exchange::report() const {
    const double seconds = static_cast<double>(last_delivery_ - begin_) / nanoseconds;
    const auto microseconds = [this](double share) {
        return static_cast<double>(latency_.quantile(share)) / 1e3;
    };
    char text[512];
    std::snprintf(
        text, sizeof text,
        R"({"sent": %llu, "deliveries": %llu, "missing": %lld, "seconds": %.6f, )"
        R"("p50": %.1f, "p99": %.1f, "p999": %.1f, "orders": %zu, )"
        R"("out_of_order": %llu, "strange": %llu, "lost_members": %zu})",
        static_cast<unsigned long long>(sent_), static_cast<unsigned long long>(deliveries_),
        static_cast<long long>(sent_ * receivers_of_each()) - static_cast<long long>(deliveries_),
        seconds, microseconds(0.5), microseconds(0.99), microseconds(0.999), different_orders(),
        static_cast<unsigned long long>(out_of_order_), static_cast<unsigned long long>(strange_),
        lost_members_);
    return text;
}

} // namespace bench
