#include "common/protocol/http/multipart.h"

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

using Kind = MultipartParser::Step::Kind;

/// RFC 2046 §5.1.1: bchars.
bool is_boundary_character(char c) noexcept {
    constexpr std::string_view others = "'()+_,-./:=? ";
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
           others.find(c) != std::string_view::npos;
}

/// ... and no blank at the end.
bool is_boundary(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 70 && text.back() != ' ' &&
           std::all_of(text.begin(), text.end(), is_boundary_character);
}

/// Nothing that is not text; bytes beyond ASCII are.
bool is_text(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    });
}

/// Takes a token off the front; empty if there is none.
std::string_view take_token(std::string_view& text) noexcept {
    const auto end = std::find_if_not(text.begin(), text.end(), is_token_character);
    const std::string_view token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(token.size());
    return token;
}

/// Takes a quoted string off the front, quotes and escapes removed. A backslash escapes quotes and
/// backslashes only: clients send those in file names as they are. False: it has no end.
bool take_quoted(std::string_view& text, std::string& value) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return true;
        }
        const bool escapes =
            text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
        value += escapes ? text[++i] : text[i];
    }
    return false;
}

void skip_blanks(std::string_view& text) noexcept {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
}

/// Takes `; name=value` off the front (RFC 9110 §5.6.6). False: there is none, and `text` is empty
/// if that is all right.
bool take_parameter(std::string_view& text, std::string_view& name, std::string& value) {
    value.clear();
    skip_blanks(text);
    if (!text.starts_with(';'))
        return false;
    text.remove_prefix(1);
    skip_blanks(text);
    if (text.empty()) // a ";" that nothing follows
        return false;
    std::string_view rest = text;
    name = take_token(rest);
    if (name.empty() || !rest.starts_with('='))
        return false;
    rest.remove_prefix(1);
    if (rest.starts_with('"')) {
        if (!take_quoted(rest, value))
            return false;
    } else {
        value = take_token(rest);
        if (value.empty())
            return false;
    }
    text = rest;
    return true;
}

/// RFC 7578 §4.2. False: not the disposition of a form's part.
bool parse_disposition(std::string_view text, PartHead& head) {
    if (!equal_ignoring_case(take_token(text), "form-data"))
        return false;
    bool is_named = false;
    std::string_view name;
    for (std::string value; take_parameter(text, name, value);) {
        if (equal_ignoring_case(name, "name")) {
            if (std::exchange(is_named, true))
                return false;
            head.name = value;
        } else if (equal_ignoring_case(name, "filename")) {
            if (head.file_name)
                return false;
            head.file_name = value;
        } else if (equal_ignoring_case(name, "filename*")) {
            return false; // "MUST NOT be used"
        }
    }
    return text.empty() && is_named;
}

} // namespace

FormType parse_form_type(std::string_view content_type) {
    FormType type;
    std::string_view text = content_type;
    const std::string_view main = take_token(text);
    if (!equal_ignoring_case(main, "multipart") || !text.starts_with('/'))
        return type;
    text.remove_prefix(1);
    type.is_form = equal_ignoring_case(take_token(text), "form-data");
    std::string boundary;
    std::string_view name;
    for (std::string value; take_parameter(text, name, value);) {
        if (!equal_ignoring_case(name, "boundary"))
            continue;
        if (!boundary.empty())
            return type;
        boundary = value;
    }
    if (type.is_form && text.empty() && is_boundary(boundary))
        type.boundary = std::move(boundary);
    return type;
}

MultipartParser::MultipartParser(std::string_view boundary) : MultipartParser(boundary, Limits{}) {}

MultipartParser::MultipartParser(std::string_view boundary, const Limits& limits)
    : delimiter_("\r\n--" + std::string(boundary)), limits_(limits) {}

MultipartParser::Step MultipartParser::next(std::string_view input) {
    std::size_t used = 0;
    for (;;) {
        switch (state_) {
        case State::bad:
            return {Kind::bad, used, {}};
        case State::too_much:
            return {Kind::too_much, used, {}};
        case State::epilogue:
            return {Kind::need_more, input.size(), {}};
        case State::announced:
            state_ = State::content;
            matched_ = lent_ = 2;
            return {Kind::part, used, {}};
        case State::preamble:
        case State::content: {
            const bool is_preamble = state_ == State::preamble;
            Step step = take_content(input.substr(used));
            used += step.used;
            step.used = used;
            if (step.kind == Kind::need_more && used < input.size())
                break; // the preamble is over
            if (!is_preamble || step.kind == Kind::need_more)
                return step;
            break;
        }
        default:
            if (used == input.size())
                return {Kind::need_more, used, {}};
            state_ = advance(input[used++]);
        }
    }
}

/// Goes on with a delimiter that has begun. A piece: it was none.
MultipartParser::Step MultipartParser::match_on(std::string_view input) {
    std::size_t at = 0;
    while (at < input.size() && matched_ < delimiter_.size() && input[at] == delimiter_[matched_])
        ++at, ++matched_;
    if (matched_ == delimiter_.size())
        return end_content(at);
    if (at == input.size())
        return {Kind::need_more, at, {}};
    const std::size_t lent = std::exchange(lent_, 0);
    const std::size_t matched = std::exchange(matched_, 0);
    return {Kind::piece, at, std::string_view(delimiter_).substr(lent, matched - lent)};
}

MultipartParser::Step MultipartParser::end_content(std::size_t used) {
    const bool is_preamble = state_ == State::preamble;
    matched_ = lent_ = 0;
    state_ = State::after_boundary;
    return {is_preamble ? Kind::need_more : Kind::part_end, used, {}};
}

MultipartParser::Step MultipartParser::take_content(std::string_view input) {
    std::size_t begin = 0;
    if (matched_ > 0) {
        const Step step = match_on(input);
        if (step.kind != Kind::piece || !step.piece.empty())
            return step;
        begin = step.used; // nothing but what was lent
    }
    // CR is the first character of the delimiter, and no other one.
    std::size_t at = begin;
    while ((at = input.find('\r', at)) != std::string_view::npos) {
        const std::string_view rest = input.substr(at);
        const auto end =
            std::mismatch(rest.begin(), rest.end(), delimiter_.begin(), delimiter_.end()).first;
        const auto matched = static_cast<std::size_t>(end - rest.begin());
        if (matched < rest.size() && matched < delimiter_.size()) {
            at += matched;
            continue;
        }
        if (at > begin)
            break;
        matched_ = matched;
        if (matched == delimiter_.size())
            return end_content(at + matched);
        return {Kind::need_more, at + matched, {}};
    }
    at = std::min(at, input.size());
    if (at == begin)
        return {Kind::need_more, at, {}};
    return {Kind::piece, at, input.substr(begin, at - begin)};
}

/// Around boundaries (RFC 2046 §5.1.1), and in headers.
MultipartParser::State MultipartParser::advance(char c) {
    switch (state_) {
    case State::after_boundary:
        if (c == '-')
            return State::close_dash;
        [[fallthrough]];
    case State::padding:
        if (is_blank(c))
            return State::padding;
        return c == '\r' ? State::boundary_lf : State::bad;
    case State::boundary_lf:
        if (c != '\n')
            return State::bad;
        line_.clear();
        header_bytes_ = 0;
        has_disposition_ = false;
        head_ = {};
        return ++parts_ > limits_.parts ? State::too_much : State::header;
    case State::close_dash:
        return c == '-' ? State::close_padding : State::bad;
    case State::close_padding:
        if (is_blank(c))
            return State::close_padding;
        return c == '\r' ? State::close_lf : State::bad;
    case State::close_lf:
        return c == '\n' ? State::epilogue : State::bad;
    case State::header:
        return take_header(c);
    default:
        return State::bad;
    }
}

MultipartParser::State MultipartParser::take_header(char c) {
    if (++header_bytes_ > limits_.header_bytes)
        return State::too_much;
    const bool after_cr = line_.ends_with('\r');
    if (after_cr != (c == '\n'))
        return State::bad; // a bare CR or LF
    if (!after_cr) {
        line_ += c;
        return State::header;
    }
    line_.pop_back();
    if (line_.empty())
        return has_disposition_ ? State::announced : State::bad;
    const bool is_good = take_line(line_);
    line_.clear();
    return is_good ? State::header : State::bad;
}

bool MultipartParser::take_line(std::string_view line) {
    const std::string_view name = take_token(line);
    if (name.empty() || !line.starts_with(':') || !is_text(line)) // so no folded line either
        return false;
    const std::string_view value = trim(line.substr(1));
    if (equal_ignoring_case(name, "Content-Disposition"))
        return !std::exchange(has_disposition_, true) && parse_disposition(value, head_);
    // RFC 7578 §4.7: deprecated; these change nothing, so they do no harm.
    if (equal_ignoring_case(name, "Content-Transfer-Encoding"))
        return equal_ignoring_case(value, "binary") || equal_ignoring_case(value, "8bit") ||
               equal_ignoring_case(value, "7bit");
    return true;
}

} // namespace tern::http
