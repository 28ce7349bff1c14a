#include "common/protocol/irc/line_reader.h"

#include "common/protocol/irc/limits.h"

namespace tern::irc {
namespace {

constexpr std::size_t line_end_size = 2; // CR LF

} // namespace

bool fits(std::string_view line) noexcept {
    if (!line.starts_with('@'))
        return line.size() <= line_limit - line_end_size;
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos)
        return line.size() < client_tags_limit;
    return blank < client_tags_limit && line.size() - blank - 1 <= line_limit - line_end_size;
}

LineReader::Outcome LineReader::finished(std::string_view text, std::string_view& line) noexcept {
    const bool is_too_long = is_too_long_ || !fits(text);
    is_too_long_ = false;
    line = is_too_long ? std::string_view() : text;
    return is_too_long ? Outcome::too_long : Outcome::line;
}

void LineReader::keep(std::string_view text) {
    if (is_too_long_)
        return;
    begun_ += text;
    if (!fits(begun_)) {
        is_too_long_ = true;
        begun_ = std::string(); // nothing of it is worth its memory
    }
}

LineReader::Outcome LineReader::next(std::string_view& input, std::string_view& line) {
    if (was_returned_) {
        begun_ = std::string(); // an idle session keeps nothing
        was_returned_ = false;
    }
    while (!input.empty()) {
        const std::size_t end = input.find_first_of("\r\n");
        const std::string_view text = input.substr(0, end);
        input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
        if (end == std::string_view::npos) {
            keep(text);
            break;
        }
        if (text.empty() && begun_.empty() && !is_too_long_)
            continue;
        if (begun_.empty())
            return finished(text, line);
        keep(text);
        was_returned_ = true;
        return finished(begun_, line);
    }
    return Outcome::need_more;
}

} // namespace tern::irc
