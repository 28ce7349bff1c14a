#include "common/editing/line_editor.h"

#include <langinfo.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

// After <cstdio>, which it needs and does not include.
#include <readline/history.h>
#include <readline/readline.h>

namespace tern::editing {
namespace {

constexpr int longest_history = 1000;

/// What readline's callbacks, which carry nothing, find their way by.
struct Current {
    LineEditor::Taker take;
    LineEditor::Completer complete;
    std::vector<std::string> matches;
    std::size_t next_match = 0;
    bool is_hidden = false;
};
Current current;

extern "C" {

void on_line(char* line) {
    if (line == nullptr) {
        current.take(std::nullopt);
        return;
    }
    const std::string text(line);
    std::free(line); // NOLINT: readline allocates by malloc
    if (!current.is_hidden && text.find_first_not_of(' ') != text.npos)
        add_history(text.c_str());
    current.take(text);
}

char* next_match(const char*, int state) {
    if (state == 0)
        current.next_match = 0;
    if (current.next_match >= current.matches.size())
        return nullptr;
    return ::strdup(current.matches[current.next_match++].c_str());
}

char** complete(const char* word, int start, int) {
    rl_attempted_completion_over = 1; // and never local files by themselves
    const std::string_view line(rl_line_buffer, static_cast<std::size_t>(rl_point));
    current.matches = current.complete(line, static_cast<std::size_t>(start));
    return rl_completion_matches(word, next_match);
}

} // extern "C"

void hidden_redisplay() {}

} // namespace

LineEditor::LineEditor(const std::string& program, std::string prompt, Taker taker,
                       Completer completer)
    : prompt_(std::move(prompt)) {
    current = {std::move(taker), std::move(completer), {}, 0, false};
    rl_catch_signals = 0; // the caller's loop does
    rl_catch_sigwinch = 0;
    if (program != rl_readline_name)
        rl_readline_name = ::strdup(program.c_str()); // which readline keeps
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = const_cast<char*>(" \t"); // readline only reads it
    rl_completer_quote_characters = "";
    stifle_history(longest_history);
    using_history();
    // Several lines that are pasted are several messages.
    rl_variable_bind("enable-bracketed-paste", "off");
    rl_callback_handler_install(prompt_.c_str(), on_line);
}

LineEditor::~LineEditor() {
    rl_callback_handler_remove();
    current = {};
}

void LineEditor::read_key() { rl_callback_read_char(); }

void LineEditor::print_above(std::string_view text) {
    rl_clear_visible_line();
    std::fwrite(text.data(), 1, text.size(), rl_outstream != nullptr ? rl_outstream : stdout);
    std::fflush(rl_outstream != nullptr ? rl_outstream : stdout);
    rl_on_new_line();
    rl_redisplay();
}

void LineEditor::set_prompt(std::string prompt) {
    prompt_ = std::move(prompt);
    rl_set_prompt(prompt_.c_str());
    rl_redisplay();
}

void LineEditor::set_hidden(bool is_hidden) {
    current.is_hidden = is_hidden;
    rl_redisplay_function = is_hidden ? hidden_redisplay : rl_redisplay;
}

void LineEditor::resize() { rl_resize_terminal(); }

void LineEditor::suspend() {
    rl_clear_visible_line();
    rl_deprep_terminal();
    ::kill(::getpid(), SIGSTOP);
    rl_prep_terminal(1);
    rl_on_new_line();
    rl_forced_update_display();
}

void LineEditor::finish() { rl_callback_handler_remove(); }

void LineEditor::clear() {
    rl_clear_visible_line();
    std::fflush(rl_outstream);
}

void use_utf8_locale() {
    std::setlocale(LC_ALL, "");
    if (std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0)
        std::setlocale(LC_CTYPE, "C.UTF-8");
    std::setlocale(LC_NUMERIC, "C");
}

} // namespace tern::editing
