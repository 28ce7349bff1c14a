#pragma once
// Takes forms apart that are sent as multipart/form-data (RFC 7578, RFC 2046 §5.1).
//
// Sans-I/O, and without a buffer for contents: the body goes in as it comes, in pieces of any
// size, and parts come out: a head, the content as views, the end. Strict where clients agree: no
// bare LF, no folded lines, a name for every part, no transfer encodings, no filename*.

#include "common/protocol/http/fields.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

/// The boundary that a Content-Type names; nothing if it is not multipart/form-data, or its
/// parameters are malformed (RFC 2046 §5.1.1, RFC 9110 §5.6.6).
struct FormType {
    bool is_form = false;
    std::string boundary; ///< empty: there is none that could be
};
FormType parse_form_type(std::string_view content_type);

struct PartHead {
    std::string name;                     ///< of the form's field
    std::optional<std::string> file_name; ///< as it was sent: not to be trusted
};

class MultipartParser {
public:
    struct Limits {
        std::size_t header_bytes = 4096; ///< of each part
        std::size_t parts = 1000;
    };

    explicit MultipartParser(std::string_view boundary);
    MultipartParser(std::string_view boundary, const Limits& limits);

    struct Step {
        enum class Kind : unsigned char {
            need_more, ///< all input is used up
            part,      ///< a part begins: see head()
            piece,     ///< some of its content
            part_end,  ///< all of it has come
            bad,       ///< this is not such a form
            too_much,  ///< a limit was reached
        };
        Kind kind = Kind::need_more;
        std::size_t used = 0;   ///< bytes to remove from the front of the input
        std::string_view piece; ///< valid until the next call
    };
    /// After bad or too_much it says the same for ever.
    Step next(std::string_view input);

    /// Of the part that was announced last.
    const PartHead& head() const noexcept { return head_; }
    /// The last boundary has come. What follows is ignored.
    bool is_complete() const noexcept {
        return state_ == State::close_padding || state_ == State::close_lf ||
               state_ == State::epilogue;
    }

private:
    enum class State : unsigned char {
        preamble,
        content,
        after_boundary, ///< "-", blanks or the line's end may come
        padding,        ///< blanks after a boundary
        boundary_lf,
        close_dash,
        close_padding,
        close_lf,
        epilogue,
        header,
        announced, ///< the header is over; the part is to be announced
        bad,
        too_much,
    };
    Step take_content(std::string_view input);
    Step match_on(std::string_view input);
    Step end_content(std::size_t used);
    State advance(char c);
    State take_header(char c);
    bool take_line(std::string_view line);

    const std::string delimiter_; ///< CR LF "--" boundary
    const Limits limits_;
    State state_ = State::preamble;
    /// How much of the delimiter has come; and how much of that the line before it has lent: at
    /// the very beginning, and where a header ends (RFC 2046 §5.1.1).
    std::size_t matched_ = 2;
    std::size_t lent_ = 2;
    std::size_t parts_ = 0;
    std::string line_;
    std::size_t header_bytes_ = 0;
    bool has_disposition_ = false;
    PartHead head_;
};

} // namespace tern::http
