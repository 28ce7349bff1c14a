#include "common/protocol/http1/body_reader.h"

#include <algorithm>

namespace tern::http1 {
namespace {

/// RFC 9112 §7.1.1: a server ought to limit chunk extensions. Nobody uses them; trailers count too.
constexpr std::uint32_t overhead_limit = 8'192;

/// 2^60 bytes will do, and cannot overflow (RFC 9112 §7.1).
constexpr unsigned chunk_size_digits = 15;

constexpr bool is_text(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

} // namespace

BodyReader::BodyReader(const RequestHead& head) noexcept {
    if (head.framing == Framing::chunked) {
        state_ = State::chunk_size_first;
    } else if (head.framing == Framing::sized && head.content_length > 0) {
        state_ = State::sized;
        remaining_ = head.content_length;
    }
}

BodyReader::Step BodyReader::take_content(std::string_view input, std::size_t used) noexcept {
    const std::string_view piece = input.substr(used, remaining_);
    if (piece.empty())
        return {Step::Kind::need_more, used, {}};
    remaining_ -= piece.size();
    if (remaining_ == 0)
        state_ = state_ == State::sized ? State::complete : State::chunk_data_cr;
    return {Step::Kind::piece, used + piece.size(), piece};
}

BodyReader::Step BodyReader::next(std::string_view input) {
    std::size_t used = 0;
    for (;;) {
        if (state_ == State::complete)
            return {Step::Kind::complete, used, {}};
        if (state_ == State::sized || state_ == State::chunk_data)
            return take_content(input, used);
        if (state_ == State::bad)
            return {Step::Kind::bad, used, {}};
        if (used == input.size())
            return {Step::Kind::need_more, used, {}};
        state_ = advance(input[used++]);
    }
}

BodyReader::State BodyReader::advance(char c) noexcept {
    switch (state_) {
    case State::chunk_size_first:
    case State::chunk_size:
    case State::chunk_head_lf:
        return in_chunk_head(c);
    case State::chunk_data_cr:
        return c == '\r' ? State::chunk_data_lf : State::bad;
    case State::chunk_data_lf:
        return c == '\n' ? State::chunk_size_first : State::bad;
    case State::trailer_first:
    case State::trailer_name:
    case State::trailer_value:
    case State::trailer_lf:
    case State::last_lf:
        return ++overhead_ > overhead_limit ? State::bad : in_trailer(c);
    default:
        return ++overhead_ > overhead_limit ? State::bad : in_extension(c);
    }
}

/// chunk-size = 1*HEXDIG
BodyReader::State BodyReader::add_digit(char c) noexcept {
    const int digit = http::from_hexadecimal(c);
    if (digit < 0 || ++digits_ > chunk_size_digits)
        return State::bad;
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
    return State::chunk_size;
}

/// chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF; last-chunk = 1*"0" [ chunk-ext ] CRLF
BodyReader::State BodyReader::in_chunk_head(char c) noexcept {
    if (state_ == State::chunk_size_first) {
        remaining_ = 0;
        digits_ = 0;
        return add_digit(c);
    }
    if (state_ == State::chunk_size) {
        if (http::from_hexadecimal(c) >= 0)
            return add_digit(c);
        return in_extension(c);
    }
    if (c != '\n')
        return State::bad;
    return remaining_ > 0 ? State::chunk_data : State::trailer_first;
}

/// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ), where BWS are blanks
/// and chunk-ext-val = token / quoted-string (RFC 9112 §7.1.1)
BodyReader::State BodyReader::in_extension(char c) noexcept {
    const bool blank = http::is_blank(c);
    switch (state_) {
    case State::extension_name_first:
        if (blank)
            return state_;
        return http::is_token_character(c) ? State::extension_name : State::bad;
    case State::extension_name:
        if (http::is_token_character(c))
            return state_;
        break;
    case State::extension_value_first:
        if (blank)
            return state_;
        if (c == '"')
            return State::quoted;
        return http::is_token_character(c) ? State::extension_value : State::bad;
    case State::extension_value:
        if (http::is_token_character(c))
            return state_;
        break;
    case State::quoted:
        if (c == '"')
            return State::after_extension;
        if (c == '\\')
            return State::quoted_pair;
        return is_text(c) ? state_ : State::bad;
    case State::quoted_pair:
        return is_text(c) ? State::quoted : State::bad;
    default:
        break;
    }
    // What may follow a size, a name or a value. A line must not end in blanks.
    const bool after_name =
        state_ == State::extension_name || state_ == State::after_extension_name;
    const bool after_blank =
        state_ == State::after_extension_name || state_ == State::extension_or_end;
    if (blank)
        return after_name ? State::after_extension_name : State::extension_or_end;
    if (c == ';')
        return State::extension_name_first;
    if (c == '=' && after_name)
        return State::extension_value_first;
    return c == '\r' && !after_blank ? State::chunk_head_lf : State::bad;
}

/// trailer-section = *( field-line CRLF ), and a last CRLF. We have no use for the fields
/// (RFC 9112 §7.1.2 allows to discard them), but what is no field is no trailer.
BodyReader::State BodyReader::in_trailer(char c) noexcept {
    switch (state_) {
    case State::trailer_first:
        if (c == '\r')
            return State::last_lf;
        return http::is_token_character(c) ? State::trailer_name : State::bad;
    case State::trailer_name:
        if (c == ':')
            return State::trailer_value;
        return http::is_token_character(c) ? state_ : State::bad;
    case State::trailer_value:
        if (c == '\r')
            return State::trailer_lf;
        return is_text(c) ? state_ : State::bad;
    case State::trailer_lf:
        return c == '\n' ? State::trailer_first : State::bad;
    default:
        return c == '\n' ? State::complete : State::bad;
    }
}

} // namespace tern::http1
