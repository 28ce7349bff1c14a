#include "servers/chat/terminal_door.h"

#include "common/protocol/chat/line_decoder.h"
#include "servers/chat/administrator.h"

#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace tern::chat {
namespace {

constexpr Clock::duration until_next_look = std::chrono::seconds(1);

/// Who reads from a terminal in the background is stopped by SIGTTIN.
bool is_in_foreground() noexcept { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

void print(std::string_view text) noexcept {
    [[maybe_unused]] const ssize_t bytes = ::write(STDOUT_FILENO, text.data(), text.size());
}

bool has_input() noexcept {
    pollfd now = {STDIN_FILENO, POLLIN, 0};
    return ::poll(&now, 1, 0) > 0;
}

/// Waits until a line was typed. False if the server is to stop.
Task<bool> typed(Session& session) {
    while (!session.finish_requested()) {
        std::array<pollfd, 1> interests = {pollfd{STDIN_FILENO, POLLIN, 0}};
        Wait wait;
        if (is_in_foreground())
            wait.interests = interests;
        else
            wait.deadline = session.now() + until_next_look;
        co_await until(wait);
        // Looked at, not guessed: the wait may be over for other reasons, and a read would block.
        if (is_in_foreground() && has_input())
            co_return true;
    }
    co_return false;
}

} // namespace

bool has_terminal() noexcept {
    return ::isatty(STDIN_FILENO) != 0 && ::tcgetpgrp(STDIN_FILENO) >= 0;
}

Task<void> serve_terminal(const DoorContext& context, Runner& runner) {
    Session& session = co_await this_session();
    Administrator administrator(context, session, runner);
    const LineCommands commands(context);
    LineDecoder decoder(context.settings.line_bytes);
    std::array<char, 4096> buffer;
    for (;;) {
        const bool goes_on = co_await typed(session);
        if (!goes_on)
            break;
        const ssize_t bytes = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (bytes <= 0) // Control-D, or the terminal is gone
            break;
        std::string_view input(buffer.data(), static_cast<std::size_t>(bytes));
        while (std::optional<LineDecoder::Line> line = decoder.next(input)) {
            if (line->text.empty() && !line->is_too_long)
                continue;
            if (line->is_too_long) {
                print(commands.refusal(Refusal::text_too_long));
                continue;
            }
            std::string text(line->text);
            const Administrator::Outcome answer = co_await administrator.announce(std::move(text));
            print(answer.words);
        }
    }
    session.closing(STDIN_FILENO);
}

} // namespace tern::chat
