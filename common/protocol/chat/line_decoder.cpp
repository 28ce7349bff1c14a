#include "common/protocol/chat/line_decoder.h"

namespace tern::chat {

std::optional<LineDecoder::Line> LineDecoder::next(std::string_view& input) {
    forget_returned();
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) {
        keep(input);
        input = {};
        return std::nullopt;
    }
    const std::string_view rest = input.substr(0, end);
    input.remove_prefix(end + 1);
    if (!is_too_long_ && begun_.empty())
        return finished(rest);
    keep(rest);
    return taken();
}

std::optional<LineDecoder::Line> LineDecoder::last() {
    forget_returned();
    if (begun_.empty() && !is_too_long_)
        return std::nullopt;
    return taken();
}

void LineDecoder::forget_returned() noexcept {
    if (was_returned_)
        std::string().swap(begun_);
    was_returned_ = false;
}

LineDecoder::Line LineDecoder::taken() noexcept {
    const Line line = is_too_long_ ? Line{true, {}} : finished(begun_);
    is_too_long_ = false;
    was_returned_ = true;
    return line;
}

LineDecoder::Line LineDecoder::finished(std::string_view text) const noexcept {
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    if (text.size() > longest_)
        return {true, {}};
    return {false, text};
}

void LineDecoder::keep(std::string_view text) {
    // One byte more than a line may have: it may be the CR of its end.
    if (is_too_long_ || begun_.size() + text.size() > longest_ + 1) {
        is_too_long_ = true;
        std::string().swap(begun_);
        return;
    }
    begun_ += text;
}

} // namespace tern::chat
