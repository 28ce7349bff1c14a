#include "common/simulation/conversation.h"

#include "common/simulation/conversation_run.h"

#include <algorithm>
#include <utility>

namespace tern::simulation {
namespace {

/// Literal pieces of a pattern, which its stars keep apart.
std::vector<std::string> pieces_of(std::string_view pattern) {
    std::vector<std::string> pieces(1);
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] == '*')
            pieces.emplace_back();
        else if (pattern.substr(at).starts_with("\\*"))
            pieces.back() += pattern[++at];
        else
            pieces.back() += pattern[at];
    }
    return pieces;
}

} // namespace

std::size_t match(std::string_view pattern, std::string_view text) {
    const std::vector<std::string> pieces = pieces_of(pattern);
    if (!text.starts_with(pieces.front()))
        return std::string_view::npos;
    std::size_t at = pieces.front().size();
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        at = text.find(pieces[i], at);
        if (at == std::string_view::npos)
            return at;
        at += pieces[i].size();
    }
    return at;
}

Conversation& Conversation::add(Step step) {
    steps_.push_back(std::move(step));
    return *this;
}
Conversation& Conversation::client(std::string bytes) {
    return add({Step::Kind::client, std::move(bytes)});
}
Conversation& Conversation::server(std::string expected) {
    return add({Step::Kind::server, std::move(expected)});
}
Conversation& Conversation::client_ends() {
    return add({Step::Kind::client_ends, "the client ends its side"});
}
Conversation& Conversation::server_ends() {
    return add({Step::Kind::server_ends, "the server ends its side"});
}
Conversation& Conversation::time_passes(Clock::duration duration) {
    return add({Step::Kind::time_passes, "time passes", duration});
}
Conversation& Conversation::server_stops() {
    return add({Step::Kind::server_stops, "the server is asked to stop"});
}
Conversation& Conversation::silence_is_allowed() {
    silence_is_allowed_ = true;
    return *this;
}
Conversation& Conversation::counting(std::function<std::size_t()> alive) {
    alive_ = std::move(alive);
    return *this;
}

void Conversation::run(const Serve& serve) const { ConversationRun(*this, serve, {}).run(); }

namespace {

constexpr std::size_t most_cuts = 600; ///< of long texts, only the beginning is cut everywhere

std::string numbered(const char* what, std::size_t number) { return what + std::to_string(number); }

/// The script must come true however its bytes are cut.
std::vector<Manner> faithful_manners(std::size_t longest_text) {
    std::vector<Manner> manners;
    for (const Trigger trigger : {Trigger::level, Trigger::edge}) {
        const std::string triggered = trigger == Trigger::edge ? ", edge-triggered" : "";
        Manner manner;
        manner.trigger = trigger;
        manner.name = "as it stands" + triggered;
        manners.push_back(manner);
        manner.ends_at_once = true;
        manner.name = "with the client's end right behind its text" + triggered;
        manners.push_back(manner);
        manner.reads_ahead = true;
        manner.name = "with input buffered in the transport" + triggered;
        manners.push_back(manner);
        manner.client_cut = manner.client_portion = 1;
        manner.name = "fed one byte at a time through a buffering transport" + triggered;
        manners.push_back(manner);
        manner.reads_ahead = false;
        manner.name = "fed one byte at a time" + triggered;
        manners.push_back(manner);
        manner.server_portion = 1;
        manner.name = "one byte at a time, both ways" + triggered;
        manners.push_back(manner);
        manner.client_cut = manner.client_portion = std::string::npos;
        manner.name = "read one byte at a time" + triggered;
        manners.push_back(manner);
    }
    for (std::size_t cut = 1; cut < std::min(longest_text, most_cuts); ++cut) {
        Manner manner;
        manner.client_cut = cut;
        manner.name = numbered("with the client's texts cut after byte ", cut);
        manners.push_back(manner);
    }
    return manners;
}

/// Everything takes as many attempts and waits as can be.
Manner reluctant_manner() {
    Manner manner;
    manner.name = "one byte at a time, both ways";
    manner.client_cut = manner.client_portion = manner.server_portion = 1;
    manner.ends_at_once = true;
    return manner;
}

constexpr std::size_t most_events = 300; ///< in longer conversations only these many first ones

/// Each attempt fails in turn, in each way.
std::vector<Manner> mishaps(const Manner& usual, std::size_t attempts) {
    std::vector<Manner> manners;
    for (std::size_t attempt = 0; attempt < std::min(attempts, most_events); ++attempt) {
        for (const auto& [fate, what] :
             {std::pair(Fate::fails, "with an error at attempt "),
              std::pair(Fate::reset, "with a reset at attempt "),
              std::pair(Fate::peer_ends, "with the client's end at attempt ")}) {
            Manner manner = usual;
            manner.fate_at = attempt;
            manner.fate = fate;
            manner.name = numbered(what, attempt) + ", " + usual.name;
            manners.push_back(manner);
        }
    }
    return manners;
}

/// At each of so many waits, what may come from outside.
std::vector<Manner> interruptions(const Manner& usual, std::size_t waits) {
    using Event = Manner::Event;
    std::vector<Manner> manners;
    for (std::size_t wait = 1; wait <= std::min(waits, most_events); ++wait) {
        for (const auto& [event, what] :
             {std::pair(Event::wake, "woken for no reason at wait "),
              std::pair(Event::stop, "asked to stop at wait "),
              std::pair(Event::silence, "with a silent client from wait "),
              std::pair(Event::destruction, "destroyed at wait ")}) {
            Manner manner = usual;
            manner.wait = wait;
            manner.event = event;
            manner.name = numbered(what, wait) + ", " + usual.name;
            manners.push_back(manner);
        }
    }
    return manners;
}

} // namespace

std::size_t Conversation::prove(const Serve& serve) const {
    std::size_t runs = 0;
    struct Extent {
        std::size_t attempts, waits;
    };
    const auto run_once = [&](const Manner& manner) {
        ConversationRun run(*this, serve, manner);
        run.run();
        return Extent{run.attempts(), run.waits()};
    };
    const auto run_as = [&](const Manner& manner) {
        ++runs;
        std::size_t before = alive_();
        const Extent extent = run_once(manner);
        if (alive_() == before)
            return extent;
        before = alive_(); // something made once for all, or a leak: a second run tells
        run_once(manner);
        if (alive_() > before)
            throw Mismatch("something is left behind by the run " + manner.name);
        return extent;
    };
    std::size_t longest_text = 0;
    for (const Step& step : steps_)
        if (step.kind == Step::Kind::client)
            longest_text = std::max(longest_text, step.text.size());
    for (const Manner& manner : faithful_manners(longest_text))
        run_as(manner);
    for (const Manner& usual : {Manner(), reluctant_manner()}) {
        const Extent extent = run_as(usual);
        for (const Manner& manner : mishaps(usual, extent.attempts))
            run_as(manner);
        for (const Manner& manner : interruptions(usual, extent.waits))
            run_as(manner);
    }
    return runs;
}

} // namespace tern::simulation
