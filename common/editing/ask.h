#pragma once
// One question, one line: a prompt that waits for its answer.

#include "common/editing/line_editor.h"

#include <optional>
#include <string>

namespace tern::editing {

/// Nothing: the input has ended. Ctrl-C (see terminal::Interruption) takes an empty line.
std::optional<std::string> ask(const std::string& program, const std::string& prompt,
                               const LineEditor::Completer& completer);

/// Without echo, from the terminal; nothing if there is none.
std::optional<std::string> ask_password(const std::string& prompt);

} // namespace tern::editing
