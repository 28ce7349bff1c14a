#pragma once
// The members of the benchmark: connected, entered and in their rooms.

#include "tools/bench/chat_load/client.h"
#include "tools/bench/chat_load/dialect.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct CrowdPlan {
    std::uint16_t port = 0;
    std::size_t listeners = 0;
    std::size_t senders = 0; ///< come after the listeners
    std::size_t rooms = 1;
    std::size_t at_once = 64; ///< so many are entering, or joining, at a time
    int receive_buffer = 0;   ///< 0: the system's
};

class Crowd {
public:
    Crowd(const Dialect& dialect, const CrowdPlan& plan);

    /// Connects and enters everybody. Seconds that it took.
    double enter();
    /// Everybody joins a room, the members one after the other the rooms in turn.
    double join();

    std::size_t size() const noexcept { return clients_.size(); }
    Client& client(std::size_t index) { return clients_[index]; }
    Loop& loop() noexcept { return loop_; }
    std::string room_of(std::size_t index) const;
    /// Answers a line that asks for a sign of life.
    void keep_alive(std::size_t index, std::string_view line);
    /// Sends what a client has to say, now or when there is room for it.
    void flush(std::size_t index);

private:
    enum class State : unsigned char { entering, entered, joining, joined };
    void connect(std::size_t index);
    void ask_to_join(std::size_t index);
    void ready(std::size_t index);
    void advance(std::size_t index, std::string_view line);
    bool listens(std::size_t index) const noexcept;
    void until_all_are(State state);

    const Dialect& dialect_;
    const CrowdPlan plan_;
    Loop loop_;
    std::vector<Client> clients_;
    std::vector<State> states_;
    std::vector<bool> waits_to_send_;
    std::size_t begun_ = 0; ///< of this phase
    std::size_t done_ = 0;
};

} // namespace bench
