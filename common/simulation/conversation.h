#pragma once
// A conversation between a client and a session, written down as a script; and the proof that the
// session copes with everything else that may happen in its course.
//
//     Conversation()
//         .client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
//         .server("HTTP/1.1 200 OK\r\n*\r\n\r\nhello")
//         .client_ends()
//         .server_ends()
//         .prove([](net::Connection& connection) { return serve(connection); });
//
// prove() runs the script as it stands; cut into pieces in every way; with each attempt of the
// session's transport failing in turn; with a client that falls silent, a server that stops, and
// a wake-up for no reason at each wait; and with the session destroyed at each wait.

#include "common/net/connection.h"
#include "common/simulation/network.h"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tern::simulation {

/// The session did not do what the script says; the text tells the step, and the way it was run.
class Mismatch : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Conversation {
public:
    /// The session. Called for each run; must not be a capturing lambda that is a coroutine.
    using Serve = std::function<Task<void>(net::Connection&)>;

    Conversation& client(std::string bytes);
    /// What the client must hear next. `*` stands for any bytes, as few as possible; `\*` for
    /// itself.
    Conversation& server(std::string expected);
    /// The client sends nothing more, but still reads.
    Conversation& client_ends();
    /// The server must have ended its side, with nothing more to say.
    Conversation& server_ends();
    Conversation& time_passes(Clock::duration duration);
    /// The server is asked to stop, as by SIGTERM.
    Conversation& server_stops();

    /// The session may wait without a deadline for a client who is silent.
    Conversation& silence_is_allowed();
    /// Counts what is alive (allocations, objects): no run of prove() may leave more behind.
    Conversation& counting(std::function<std::size_t()> alive);

    /// Once, as it stands. At the script's end the client ends its side if it has not. Throws
    /// Mismatch, or what the session threw.
    void run(const Serve& serve) const;
    /// In all ways above. Returns how many runs that were.
    std::size_t prove(const Serve& serve) const;

private:
    friend class ConversationRun;
    struct Step {
        enum class Kind { client, server, client_ends, server_ends, time_passes, server_stops };
        Kind kind;
        std::string text;
        Clock::duration duration{};
    };
    Conversation& add(Step step);

    std::vector<Step> steps_;
    bool silence_is_allowed_ = false;
    std::function<std::size_t()> alive_ = [] { return std::size_t{0}; };
};

/// The length of the shortest beginning of `text` that matches the whole pattern; npos if none.
std::size_t match(std::string_view pattern, std::string_view text);

} // namespace tern::simulation
