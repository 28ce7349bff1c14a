#pragma once
// How people at a plain terminal are told what happened: a line each, in the configured words.
//
// The same words serve the line door and the UDP door, where each text is a datagram.

#include "servers/chat/dialect.h"
#include "servers/chat/phrases.h"

namespace tern::chat {

class LineDialect final : public Dialect {
public:
    /// `phrases` outlive the dialect.
    explicit LineDialect(const Phrases& phrases) noexcept : phrases_(phrases) {}

    void render(const Event& event, const Audience& audience, std::string& text) const override;

private:
    void render_own(const Event& event, std::string& text) const;
    void render_room(const Event& event, std::string& text) const;
    void render_answer(const Event& event, const Audience& audience, std::string& text) const;
    void render_said(const Event& event, std::string& text) const;
    void render_people(const Event& event, std::string& text) const;
    void render_topic(const Event& event, bool even_if_none, std::string& text) const;
    void render_rooms(const Event& event, std::string& text) const;
    void render_history(const Event& event, std::string& text) const;
    void render_refusal(const Event& event, std::string& text) const;
    void render_done(const Event& event, std::string& text) const;

    const Phrases& phrases_;
};

} // namespace tern::chat
