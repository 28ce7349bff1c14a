#pragma once
// The measured part: senders speak, everybody else listens, and all of it is checked.

#include "tools/bench/chat_load/crowd.h"
#include "tools/bench/chat_load/histogram.h"
#include "tools/bench/chat_load/payload.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct ExchangePlan {
    std::size_t listeners = 0;
    std::size_t senders = 0;
    std::size_t window = 0; ///< closed loop: so many messages in flight; 0 for the open loop ...
    double rate = 0;        ///< ... of so many messages a second
    double seconds = 1;
    double patience = 10; ///< for what is under way when the time is over
    std::size_t payload = 64;
    bool first_listener_stops = false; ///< reads nothing
};

class Exchange {
public:
    Exchange(const Dialect& dialect, Crowd& crowd, const ExchangePlan& plan);

    void run();
    /// One object of JSON.
    std::string report() const;

private:
    struct Listener {
        std::vector<std::uint32_t> expected; ///< by sender
        std::uint64_t order = 0;             ///< a digest of what came, in order
        std::uint64_t received = 0;
        bool is_over = false;
    };
    /// A message that some have not received yet.
    struct Flight {
        std::uint32_t missing = 0;
    };

    void send(std::uint64_t due);
    void send_what_is_due(std::uint64_t time);
    void flush_senders();
    void ready(std::size_t index);
    void received(std::size_t index, std::string_view line, std::uint64_t time);
    bool is_stopped(std::size_t index) const noexcept {
        return plan_.first_listener_stops && index == 0;
    }
    std::uint64_t receivers_of_each() const noexcept;
    std::size_t different_orders() const;

    const Dialect& dialect_;
    Crowd& crowd_;
    const ExchangePlan plan_;
    const std::string room_;
    std::vector<Listener> listeners_; ///< the senders come last
    std::vector<std::vector<Flight>> flights_;
    std::vector<bool> has_output_;
    std::string text_;
    Histogram latency_;
    std::size_t next_sender_ = 0;
    std::uint64_t sent_ = 0, landed_ = 0, deliveries_ = 0, out_of_order_ = 0, strange_ = 0;
    std::uint64_t begin_ = 0, end_ = 0, last_delivery_ = 0;
    std::size_t lost_members_ = 0;
};

} // namespace bench
