#pragma once
// One run of a scripted conversation, in one of the ways that Conversation::prove() tries.

#include "common/session/session.h"
#include "common/simulation/conversation.h"

#include <limits>
#include <optional>

namespace tern::simulation {

/// How a script is run.
struct Manner {
    std::string name = "as it stands";
    Trigger trigger = Trigger::level;
    std::size_t client_portion = std::string::npos; ///< bytes that the client sends at a time
    std::size_t client_cut = std::string::npos;     ///< length of the first portion of each text
    std::size_t server_portion = std::string::npos; ///< bytes that the server can write at a time
    bool reads_ahead = false;
    bool ends_at_once = false; ///< where a client ends its side after a text, both arrive together

    static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();
    std::size_t fate_at = never; ///< what befalls the session's attempt of this number
    Fate fate = Fate::succeeds;
    std::size_t wait = never; ///< what happens when the session has waited so often
    enum class Event { nothing, wake, stop, silence, destruction } event = Event::nothing;

    /// Whether everything must go as the script says.
    bool is_faithful() const noexcept {
        return fate == Fate::succeeds && (event == Event::nothing || event == Event::wake);
    }
};

/// Fails one attempt, and notices a session that keeps trying after that.
class OneMishap final : public Weather {
public:
    OneMishap(std::size_t at, Fate fate) noexcept : at_(at), fate_(fate) {}
    Fate fate(Attempt attempt) override;
    std::size_t attempts() const noexcept { return attempts_; }
    bool has_happened() const noexcept { return attempts_ > at_; }

private:
    const std::size_t at_;
    const Fate fate_;
    std::size_t attempts_ = 0;
};

class ConversationRun final : private Waker {
public:
    ConversationRun(const Conversation& script, const Conversation::Serve& serve, Manner manner);
    ~ConversationRun() override;
    ConversationRun(const ConversationRun&) = delete;
    ConversationRun& operator=(const ConversationRun&) = delete;

    /// Throws Mismatch.
    void run();

    std::size_t attempts() const noexcept { return mishap_.attempts(); }
    std::size_t waits() const noexcept { return waits_; }

private:
    using Step = Conversation::Step;

    void wake() noexcept override { woken_ = true; }
    void closing(int descriptor) noexcept override { network_.closing(descriptor); }

    void perform(const Step& step);
    void send(std::string_view text);
    void end_client_side();
    bool ends_after_this_step() const noexcept;
    void hear(const Step& step);
    void hear_the_end();
    void pass(Clock::duration duration);
    void end_of_script();

    /// Runs the session, and reads what it says, until it waits for what is not there.
    void settle();
    bool step();
    bool listen();
    void resume();
    void happen();
    bool is_ready();
    bool is_over() const noexcept { return !session_.has_value(); }
    void wait_for_deadlines();

    [[noreturn]] void mismatch(const std::string& what) const;

    const Conversation& script_;
    const Manner manner_;
    VirtualTime time_;
    Network network_;
    OneMishap mishap_;
    Weather fine_;
    std::unique_ptr<SimulatedTransport> client_;
    std::optional<Session> session_;
    Wait* wait_ = nullptr;
    std::size_t waits_ = 0;
    std::size_t resumes_ = 0;
    bool woken_ = false;
    bool client_is_silent_ = false;
    bool client_has_ended_ = false;
    bool destroyed_ = false;
    std::string heard_;      ///< not yet accounted for by a step of the script
    bool heard_end_ = false; ///< of the server's side, or the connection broke
    std::size_t step_ = 0;
};

} // namespace tern::simulation
