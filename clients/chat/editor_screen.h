#pragma once
// The screen of a person: messages scroll by above the line that is being typed.

#include "clients/chat/appearance.h"
#include "clients/chat/conversation.h"
#include "clients/chat/people.h"
#include "clients/chat/screen.h"
#include "common/editing/line_editor.h"

#include <string>
#include <string_view>

namespace tern::chat_client {

class EditorScreen final : public Screen {
public:
    EditorScreen(Appearance appearance, const Conversation& conversation);
    ~EditorScreen() override { editor_.clear(); }

    void read() override { editor_.read_key(); }
    void show_message(std::string_view line) override;
    void show_notice(std::string_view text) override;
    void resize() override { editor_.resize(); }
    void suspend() override { editor_.suspend(); }

private:
    Appearance appearance_;
    const Conversation& conversation_;
    People people_;
    editing::LineEditor editor_;
};

} // namespace tern::chat_client
