#include "clients/chat/pipe_screen.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

namespace tern::chat_client {
namespace {

constexpr std::size_t longest_line = 64 * 1024;

} // namespace

PipeScreen::PipeScreen(Appearance appearance, const Conversation& conversation)
    : appearance_(appearance), conversation_(conversation), decoder_(longest_line) {}

void PipeScreen::read() {
    std::array<char, 8192> buffer;
    const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    std::string_view input(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    if (size <= 0) {
        std::string_view newline = "\n"; // the last line may lack it
        if (decoder_.pending() > 0)
            typed_.emplace_back(std::string(decoder_.next(newline)->text));
        typed_.emplace_back(std::nullopt);
    }
    while (const auto line = decoder_.next(input)) {
        if (line->is_too_long)
            show_notice("a line that is too long was not sent");
        else
            typed_.emplace_back(std::string(line->text));
    }
}

void PipeScreen::show_message(std::string_view line) {
    const std::string text =
        appearance_.message(line, conversation_.name(), std::time(nullptr)) + '\n';
    std::fwrite(text.data(), 1, text.size(), stdout);
    is_read_ = std::fflush(stdout) == 0 && is_read_;
}

void PipeScreen::show_notice(std::string_view text) {
    std::fprintf(stderr, "%s\n", appearance_.notice(text, std::time(nullptr)).c_str());
}

} // namespace tern::chat_client
