#include "servers/chat/irc_dialect.h"

namespace tern::chat {

void IrcDialect::render(const Event& event, const Audience& audience, std::string& text) const {
    IrcWriter writer(settings_, audience, text);
    writer.happened(&event);
    if (write_happening(writer, event))
        return;
    writer.happened(nullptr); // answers have no time
    if (event.kind == Event::Kind::refused)
        write_refusal(writer, event);
    else
        write_answer(writer, event);
}

void IrcDialect::put_label(std::string_view label, std::size_t begin, std::string& text) const {
    apply_label(text, begin, label, settings_.server_name);
}

} // namespace tern::chat
