#include "clients/chat/editor_screen.h"

#include "clients/chat/completion.h"

#include <ctime>

namespace tern::chat_client {

EditorScreen::EditorScreen(Appearance appearance, const Conversation& conversation)
    : appearance_(appearance), conversation_(conversation),
      editor_(
          "tern-chat", "> ",
          [this](std::optional<std::string> line) { typed_.push_back(std::move(line)); },
          [this](std::string_view line, std::size_t word) {
              return completions(line, word, people_);
          }) {}

void EditorScreen::show_message(std::string_view line) {
    people_.learn_from(line);
    editor_.print_above(appearance_.message(line, conversation_.name(), std::time(nullptr)) + '\n');
}

void EditorScreen::show_notice(std::string_view text) {
    editor_.print_above(appearance_.notice(text, std::time(nullptr)) + '\n');
}

} // namespace tern::chat_client
