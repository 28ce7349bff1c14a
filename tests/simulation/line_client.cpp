#include "tests/simulation/line_client.h"

#include <array>

namespace tern::test {
namespace {

using net::Progress;

/// What the client does between two waits, and what it then waits for.
class Talker {
public:
    Talker(const ClientPlan& plan, ClientRecord& record, net::Connection& connection,
           net::Transport& transport)
        : plan_(plan), record_(record), connection_(connection), transport_(transport) {
        set_pause();
    }

    bool is_over() const noexcept { return record_.ended || record_.failed; }

    /// Moves what can be moved. False if its turn is over, and `blocked` says so.
    bool move(Progress& blocked) {
        for (;;) {
            events_ = 0;
            const bool spoke = speak(blocked);
            if (!spoke && events_ == only_a_turn)
                return false;
            const bool heard = hear(blocked);
            if (is_over())
                return true;
            if (!heard && events_ == only_a_turn)
                return false;
            if (!spoke && !heard)
                return true;
        }
    }

    void prepare(Wait& wait) {
        interests_ = {connection_.interest(events_)};
        wait.interests = interests_;
        const bool pauses = next_ < plan_.speeches.size() && connection_.now() < speak_at_;
        wait.deadline = pauses ? speak_at_ : no_deadline;
    }
    void observe() { connection_.observe(interests_[0].revents); }

private:
    static constexpr short only_a_turn = -1;

    void set_pause() {
        if (next_ < plan_.speeches.size())
            speak_at_ = connection_.now() + plan_.speeches[next_].pause;
    }

    bool note_blocked(const Progress& progress, Progress& blocked) {
        if (progress.outcome != Progress::Outcome::blocked)
            return false;
        blocked = progress;
        events_ =
            progress.interest == 0 ? only_a_turn : static_cast<short>(events_ | progress.interest);
        return true;
    }

    bool speak(Progress& blocked) {
        if (next_ == plan_.speeches.size())
            return end_side();
        if (connection_.now() < speak_at_)
            return false;
        const std::string_view rest = std::string_view(plan_.speeches[next_].text).substr(said_);
        const iovec piece = {const_cast<char*>(rest.data()), rest.size()};
        const Progress progress = connection_.try_write({&piece, 1});
        if (note_blocked(progress, blocked))
            return false;
        // A server that has ended may have said why: hear it out.
        said_ += progress.outcome == Progress::Outcome::failed ? rest.size() : progress.bytes;
        if (said_ == plan_.speeches[next_].text.size()) {
            ++next_;
            said_ = 0;
            set_pause();
        }
        return true;
    }

    bool end_side() {
        if (!plan_.ends_its_side || side_ended_)
            return false;
        side_ended_ = true;
        transport_.shut_down();
        return true;
    }

    bool hear(Progress& blocked) {
        std::array<char, 50> buffer;
        const Progress progress = connection_.try_read(buffer);
        if (note_blocked(progress, blocked))
            return false;
        record_.heard.append(buffer.data(), progress.bytes);
        record_.ended = progress.outcome == Progress::Outcome::ended;
        record_.failed = progress.outcome == Progress::Outcome::failed;
        return true;
    }

    const ClientPlan& plan_;
    ClientRecord& record_;
    net::Connection& connection_;
    net::Transport& transport_; ///< the connection's: it has no word for ending one side only
    std::array<pollfd, 1> interests_ = {};
    short events_ = 0;
    std::size_t next_ = 0; ///< speech
    std::size_t said_ = 0; ///< of it
    Clock::time_point speak_at_;
    bool side_ended_ = false;
};

} // namespace

Task<void> talk(const ClientPlan& plan, ClientRecord& record,
                std::unique_ptr<net::Transport> transport) {
    Session& session = co_await this_session();
    net::Transport& end = *transport;
    net::Connection connection(session, std::move(transport), {});
    Talker talker(plan, record, connection, end);
    Progress blocked;
    Wait wait;
    for (;;) {
        const bool moved_all = talker.move(blocked);
        if (talker.is_over())
            co_return;
        if (!moved_all) {
            co_await connection.progress_possible(blocked, no_deadline);
            continue;
        }
        talker.prepare(wait);
        co_await until(wait);
        talker.observe();
    }
}

} // namespace tern::test
