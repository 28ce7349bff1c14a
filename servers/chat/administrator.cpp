#include "servers/chat/administrator.h"

#include "servers/chat/answer.h"
#include "servers/chat/request.h"

namespace tern::chat {
namespace {

constexpr Clock::duration patience = std::chrono::seconds(2);

} // namespace

Administrator::Administrator(Session& session, Runner& runner)
    : session_(session), mailbox_(session, 1024, Overflow::drop_oldest),
      membership_(runner, mailbox_) {
    Request hello;
    hello.number = static_cast<std::uint64_t>(Door::administrator);
    membership_.tell(encode(hello));
}

Task<std::string> Administrator::announce(std::string text) {
    Request request;
    request.kind = Request::Kind::announce;
    request.text = text;
    membership_.tell(encode(request));
    Wait wait;
    wait.deadline = session_.now() + patience;
    std::string answer;
    while (answer.empty() && session_.now() < wait.deadline) {
        for (const Message& message : mailbox_.take().messages)
            answer += wire_bytes(*message);
        if (answer.empty())
            co_await until(wait);
    }
    co_return answer;
}

} // namespace tern::chat
