#include "servers/chat/irc_dialect.h"

#include "servers/chat/irc_label.h"

namespace tern::chat {

void IrcDialect::render(const Event& event, const Audience& audience, std::string& text) const {
    IrcWriter writer(settings_, audience, text);
    const std::size_t begin = text.size();
    writer.happened(&event);
    if (!write_happening(writer, event)) {
        writer.happened(nullptr); // answers have no time
        if (event.kind == Event::Kind::refused)
            write_refusal(writer, event);
        else
            write_answer(writer, event);
    }
    const IrcLabel label = read_label(event.label);
    if (!label.client.empty() && writer.has(irc::Capability::labeled_response))
        apply_label(text, begin, label.client, settings_.server_name);
}

} // namespace tern::chat
