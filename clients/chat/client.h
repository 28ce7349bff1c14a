#pragma once
// The client as a whole: one loop over the keyboard, the connection, signals and time.

#include "clients/chat/arguments.h"
#include "clients/chat/back_off.h"
#include "clients/chat/conversation.h"
#include "clients/chat/datagram_link.h"
#include "clients/chat/destination.h"
#include "clients/chat/link.h"
#include "clients/chat/screen.h"
#include "common/base/unique_fd.h"
#include "common/protocol/chat/line_decoder.h"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace tern::chat_client {

class Client {
public:
    /// `signals`: a signalfd(2).
    Client(const Options& options, Conversation& conversation, Screen& screen, UniqueFd signals);

    /// Until the end; returns the exit code.
    int run();

private:
    void connect(Clock::time_point now);
    void advance(Clock::time_point now);
    void opened();
    void hear(std::string_view text);
    void take_typed(Clock::time_point now);
    void send(const Conversation::Lines& lines);
    void lost(std::string_view reason, Clock::time_point now);
    bool is_goodbye(std::string_view line) const noexcept;
    void handle_signal();
    bool wants_input() const noexcept;
    Clock::time_point deadline() const noexcept;
    /// Waits, and says what is readable.
    void wait(bool& is_typed, bool& is_signalled);

    const Options options_;
    Destination destination_;
    Conversation& conversation_;
    Screen& screen_;
    UniqueFd signals_;
    std::unique_ptr<Link> link_;
    DatagramLink* datagrams_ = nullptr;        ///< link_, if it is one
    std::optional<chat::LineDecoder> decoder_; ///< of this connection
    BackOff back_off_;
    Clock::time_point next_attempt_ = no_deadline;
    Clock::time_point leave_at_ = no_deadline; ///< whatever the server says
    bool was_open_ = false;                    ///< at least once
    bool has_input_ = true;
    std::optional<int> exit_code_;
};

} // namespace tern::chat_client
