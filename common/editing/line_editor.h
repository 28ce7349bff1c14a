#pragma once
// A line that a person edits (readline: history, completion, wide characters) while text arrives.
//
// readline's state is the process's, so there is one editor at a time.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::editing {

class LineEditor {
public:
    /// `line` up to the cursor, and where in it the word begins that is to be completed. Returns
    /// whole words that it may become.
    using Completer =
        std::function<std::vector<std::string>(std::string_view line, std::size_t word)>;
    /// Nothing: the person has ended it (Ctrl-D).
    using Taker = std::function<void(std::optional<std::string> line)>;

    /// `program` names the section of ~/.inputrc. The prompt is shown.
    LineEditor(const std::string& program, std::string prompt, Taker taker, Completer completer);
    ~LineEditor();
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;

    /// To be called when the standard input is readable.
    void read_key();
    /// Shows whole lines above the one that is edited, which stays as it is. Nothing in `text` may
    /// control the terminal but what the caller means to.
    void print_above(std::string_view text);
    void set_prompt(std::string prompt);
    /// The next line is not shown and not remembered: a password.
    void set_hidden(bool is_hidden);
    /// The terminal has another size.
    void resize();
    /// Gives the terminal back to the shell, stops this process, and takes it up again.
    void suspend();
    /// To be called by the taker: this was the last line.
    void finish();
    /// Takes the line away, for the end.
    void clear();

private:
    std::string prompt_;
};

/// Makes the locale one in which UTF-8 is text, as readline needs it to place the cursor.
void use_utf8_locale();

} // namespace tern::editing
