#include "servers/chat/udp_door.h"

#include "common/protocol/chat/token.h"
#include "servers/chat/answer.h"
#include "servers/chat/line_commands.h"
#include "servers/chat/request.h"
#include "servers/chat/udp_doorstep.h"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <unordered_map>

namespace tern::chat {
namespace {

constexpr std::size_t longest_datagram = 32768; ///< any line with its token
constexpr unsigned datagrams_per_turn = 64;
constexpr std::size_t most_waiting = 16; ///< lines of one member whose name is being looked at

struct UdpMember {
    UdpMember(Session& session, const ListenerRules& rules, Runner& runner, net::Address from)
        : address(std::move(from)), mailbox(session, rules.outbox, Overflow::drop_oldest),
          membership(runner, mailbox) {}

    const net::Address address;
    Mailbox mailbox;
    Membership membership;
    std::string token; ///< good for as long as the member stays
    Clock::time_point expires = {};
    unsigned tries = 0; ///< lines of who has no name yet
    bool has_name = false, awaits_answer = false, is_over = false;
    std::deque<std::string> waiting;
};

class UdpDoor {
public:
    UdpDoor(const DoorContext& context, const net::DatagramSocket& socket, Runner& runner,
            Session& session)
        : context_(context), rules_(context.settings.listener(socket.name())), socket_(socket),
          runner_(runner), session_(session), commands_(context), doorstep_(context) {}
    /// The server stops: that is told however it does, for nobody waits for the end of a resident.
    ~UdpDoor() {
        for (const auto& [source, member] : members_)
            socket_.send(member->address, context_.phrases.line(Sentence::stopping));
    }
    UdpDoor(const UdpDoor&) = delete;
    UdpDoor& operator=(const UdpDoor&) = delete;

    /// False if more may be there.
    bool receive_some();
    /// Passes on what members are told, and lets those go who are silent. Returns when to look
    /// again.
    Clock::time_point attend();

private:
    void take(const net::Address& from, std::string_view text);
    bool is_good(std::string_view token, const std::string& source) const;
    UdpMember* admit(const std::string& source, const net::Address& from);
    void take_line(UdpMember& member, std::string_view line);
    void pass_on(UdpMember& member);

    const DoorContext& context_;
    const ListenerRules& rules_;
    const net::DatagramSocket& socket_;
    Runner& runner_;
    Session& session_;
    const LineCommands commands_;
    UdpDoorstep doorstep_;
    std::unordered_map<std::string, std::unique_ptr<UdpMember>> members_; ///< by address
    std::array<char, longest_datagram> buffer_{};
};

bool UdpDoor::receive_some() {
    for (unsigned i = 0; i < datagrams_per_turn && !runner_.is_congested(); ++i) {
        const Result<net::DatagramSocket::Datagram> datagram = socket_.receive(buffer_);
        if (!datagram)
            return true;
        const std::size_t size = std::min(datagram->size, buffer_.size());
        take(datagram->from, std::string_view(buffer_.data(), size));
    }
    return false;
}

void UdpDoor::take(const net::Address& from, std::string_view text) {
    const std::string source = from.to_string();
    const std::string_view token = text.substr(0, token_size);
    if (!is_good(token, source)) {
        const std::string answer = doorstep_.answer(text, from, session_.now());
        if (!answer.empty())
            socket_.send(from, answer);
        return;
    }
    text.remove_prefix(token_size);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    if (text.starts_with(' '))
        text.remove_prefix(1);
    UdpMember* const member = admit(source, from);
    if (member == nullptr)
        return;
    member->token = token;
    member->expires = session_.now() + context_.settings.udp_timeout;
    if (!member->has_name)
        ++member->tries;
    if (text.size() > context_.settings.line_bytes)
        socket_.send(from, commands_.refusal_of_length(member->has_name));
    else if (!member->awaits_answer)
        take_line(*member, text);
    else if (member->waiting.size() < most_waiting)
        member->waiting.emplace_back(text);
}

bool UdpDoor::is_good(std::string_view token, const std::string& source) const {
    const auto found = members_.find(source);
    return (found != members_.end() && same_token(token, found->second->token)) ||
           doorstep_.knows(token, source, session_.now());
}

UdpMember* UdpDoor::admit(const std::string& source, const net::Address& from) {
    const auto found = members_.find(source);
    if (found != members_.end())
        return found->second.get();
    if (members_.size() >= context_.settings.udp_members) {
        socket_.send(from, commands_.refusal(Refusal::server_full));
        return nullptr;
    }
    auto& member = members_[source];
    member = std::make_unique<UdpMember>(session_, rules_, runner_, from);
    Request hello;
    hello.number = static_cast<std::uint64_t>(Door::udp);
    const std::string host = from.host();
    hello.target = host;
    hello.text = rules_.name;
    member->membership.tell(encode(hello));
    return member.get();
}

void UdpDoor::take_line(UdpMember& member, std::string_view line) {
    LineCommands::Outcome outcome = commands_.take(line, member.has_name);
    if (!outcome.operator_name.empty()) // passwords are not for plain datagrams
        outcome.reply = commands_.refusal(Refusal::not_operator);
    if (!outcome.reply.empty())
        socket_.send(member.address, outcome.reply);
    if (outcome.request.empty())
        return;
    member.awaits_answer = !member.has_name;
    member.membership.tell(outcome.request);
}

void UdpDoor::pass_on(UdpMember& member) {
    const Mailbox::Post post = member.mailbox.take();
    context_.counters.dropped.add(post.lost);
    for (const Message& message : post.messages) {
        const Answer answer = answer_of(*message);
        member.has_name = member.has_name || answer == Answer::named;
        if (answer == Answer::named || answer == Answer::not_named)
            member.awaits_answer = false;
        member.is_over = member.is_over || answer == Answer::closing;
        if (!wire_bytes(*message).empty())
            socket_.send(member.address, wire_bytes(*message));
    }
    while (!member.awaits_answer && !member.is_over && !member.waiting.empty()) {
        take_line(member, member.waiting.front());
        member.waiting.pop_front();
    }
    member.is_over = member.is_over || post.closed;
    const bool has_tried_enough = member.tries >= context_.settings.name_tries;
    if (!member.is_over && !member.has_name && !member.awaits_answer && has_tried_enough) {
        socket_.send(member.address, context_.phrases.line(Sentence::too_many_tries));
        member.is_over = true;
    }
}

Clock::time_point UdpDoor::attend() {
    Clock::time_point next = no_deadline;
    const Clock::time_point now = session_.now();
    std::erase_if(members_, [&](const auto& entry) {
        UdpMember& member = *entry.second;
        pass_on(member);
        if (!member.is_over && member.expires <= now) {
            socket_.send(member.address, context_.phrases.line(Sentence::idle));
            member.is_over = true;
        }
        if (!member.is_over)
            next = std::min(next, member.expires);
        return member.is_over;
    });
    return next;
}

} // namespace

Task<void> serve_datagrams(const DoorContext& context, const net::DatagramSocket& socket,
                           Runner& runner) {
    Session& session = co_await this_session();
    const auto door = std::make_unique<UdpDoor>(context, socket, runner, session);
    while (!session.finish_requested()) {
        const bool is_drained = door->receive_some();
        std::array<pollfd, 1> interests = {pollfd{socket.descriptor(), POLLIN, 0}};
        Wait wait;
        wait.deadline = door->attend();
        wait.interests = interests;
        if (!is_drained) // others get their turn
            wait.deadline = Clock::time_point::min();
        if (runner.is_congested()) {
            wait.interests = {};
            wait.deadline = session.now() + Congestion::pause;
        }
        co_await until(wait);
    }
    session.closing(socket.descriptor());
}

} // namespace tern::chat
