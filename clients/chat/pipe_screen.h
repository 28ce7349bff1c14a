#pragma once
// No screen at all: lines from the standard input, messages to the standard output, and what the
// client has to say to the standard error.

#include "clients/chat/appearance.h"
#include "clients/chat/conversation.h"
#include "clients/chat/screen.h"
#include "common/protocol/chat/line_decoder.h"

#include <string_view>

namespace tern::chat_client {

class PipeScreen final : public Screen {
public:
    PipeScreen(Appearance appearance, const Conversation& conversation);

    void read() override;
    void show_message(std::string_view line) override;
    void show_notice(std::string_view text) override;
    bool is_read() const override { return is_read_; }

private:
    Appearance appearance_;
    const Conversation& conversation_;
    chat::LineDecoder decoder_;
    bool is_read_ = true;
};

} // namespace tern::chat_client
