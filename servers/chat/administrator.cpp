#include "servers/chat/administrator.h"

#include "common/protocol/chat/text.h"
#include "servers/chat/answer.h"
#include "servers/chat/request.h"

namespace tern::chat {
namespace {

constexpr Clock::duration patience = std::chrono::seconds(2);

Refusal refusal_to_announce(std::string_view text, std::size_t longest) {
    if (trimmed(text).empty())
        return Refusal::text_empty;
    if (text.size() > longest)
        return Refusal::text_too_long;
    if (const std::optional<TextFault> fault = fault_of(text))
        return *fault == TextFault::not_utf8 ? Refusal::text_not_utf8 : Refusal::text_control;
    return Refusal::none;
}

} // namespace

Administrator::Administrator(const DoorContext& context, Session& session, Runner& runner)
    : context_(context), session_(session), commands_(context),
      mailbox_(session, 1024, Overflow::drop_oldest), membership_(runner, mailbox_) {
    Request hello;
    hello.number = static_cast<std::uint64_t>(Door::administrator);
    membership_.tell(encode(hello));
}

Task<Administrator::Outcome> Administrator::announce(std::string text) {
    Outcome answer;
    const Refusal refusal = refusal_to_announce(text, context_.settings.line_bytes);
    if (refusal != Refusal::none) {
        answer.words = commands_.refusal(refusal);
        co_return answer;
    }
    context_.log.info("announced: {}", text);
    Request request;
    request.kind = Request::Kind::announce;
    request.text = text;
    membership_.tell(encode(request));
    Wait wait;
    wait.deadline = session_.now() + patience;
    while (answer.words.empty() && session_.now() < wait.deadline) {
        for (const Message& message : mailbox_.take().messages)
            answer.words += wire_bytes(*message);
        if (answer.words.empty())
            co_await until(wait);
    }
    answer.is_done = !answer.words.empty();
    co_return answer;
}

} // namespace tern::chat
