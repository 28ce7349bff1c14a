#include "common/terminal/progress_bar.h"

#include "common/base/escape.h"
#include "common/terminal/measure.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace tern::terminal {
namespace {

constexpr std::size_t widest_bar = 24;
constexpr auto time_between_drawings = std::chrono::milliseconds(100);

std::size_t columns_of(std::FILE* file) {
    winsize size = {};
    return ::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string numbers_of(const TransferState& state) {
    const double seconds = std::chrono::duration<double>(state.elapsed).count();
    const double moved = static_cast<double>(state.done - std::min(state.first, state.done));
    const double rate = seconds > 0 ? moved / seconds : 0;
    std::string text =
        readable_bytes(state.done) + "  " + readable_bytes(static_cast<std::uint64_t>(rate)) + "/s";
    if (state.total > state.done && rate >= 1) {
        const double left = static_cast<double>(state.total - state.done) / rate;
        text += "  " + readable_clock(std::chrono::seconds(static_cast<long>(std::min(left, 1e7))));
    }
    return text;
}

} // namespace

std::string progress_line(std::string_view name, const TransferState& state, std::size_t columns) {
    std::string numbers = numbers_of(state);
    if (state.total > 0) {
        const double part =
            std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
        const auto filled = static_cast<std::size_t>(part * widest_bar);
        const std::string percent = fmt::format("{:3}%  ", static_cast<int>(part * 100));
        const std::size_t needed = name.size() + numbers.size() + widest_bar + 12;
        if (needed <= columns)
            numbers = fmt::format("[{:{}}]  {}{}", std::string(filled, '#'), widest_bar, percent,
                                  numbers);
        else
            numbers = percent + numbers;
    }
    if (numbers.size() + 3 > columns)
        return numbers.substr(0, columns);
    const std::size_t room = columns - numbers.size() - 2;
    return fmt::format("{}  {}", name.substr(0, room), numbers);
}

ProgressBar::ProgressBar(std::FILE* to, std::string_view name)
    : to_(to), name_(printable(name)), is_terminal_(::isatty(::fileno(to)) == 1) {}

void ProgressBar::rename(std::string_view name) { name_ = printable(name); }

void ProgressBar::show(const TransferState& state, Clock::time_point now) {
    if (!is_terminal_ || now < next_)
        return;
    next_ = now + time_between_drawings;
    const std::string line = progress_line(name_, state, columns_of(to_) - 1);
    std::fprintf(to_, "\r%s\x1b[K", line.c_str());
    std::fflush(to_);
    is_drawn_ = true;
}

void ProgressBar::clear() {
    if (!is_drawn_)
        return;
    std::fputs("\r\x1b[K", to_);
    std::fflush(to_);
    is_drawn_ = false;
}

} // namespace tern::terminal
