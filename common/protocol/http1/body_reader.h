#pragma once
// Takes the framing off a body (RFC 9112 §6 and §7.1): by length, or chunked.
//
// Sans-I/O, and without a buffer: bytes go in as they come, in pieces of any size, and views of
// the content come out. Beast's own chunk parser is not used: it wants each chunk's header and all
// trailers in one piece of memory, and passes folded trailers and control characters.

#include "common/protocol/http1/request_parser.h"

#include <cstdint>
#include <string_view>

namespace tern::http1 {

class BodyReader {
public:
    BodyReader() noexcept = default;
    explicit BodyReader(const RequestHead& head) noexcept;

    struct Step {
        enum class Kind : unsigned char {
            piece,     ///< some of the content
            need_more, ///< all input is used up
            complete,  ///< the body has ended
            bad,       ///< 400: it is not known where the next request would begin
        };
        Kind kind = Kind::need_more;
        std::size_t used = 0; ///< bytes to remove from the front of the input
        std::string_view piece;
    };
    Step next(std::string_view input);

    bool is_complete() const noexcept { return state_ == State::complete; }

private:
    enum class State : unsigned char {
        complete,
        sized,
        chunk_size_first,
        chunk_size,
        extension_or_end, ///< after blanks that follow the size or an extension
        extension_name_first,
        extension_name,
        after_extension_name,
        extension_value_first,
        extension_value,
        quoted,
        quoted_pair,
        after_extension,
        chunk_head_lf,
        chunk_data,
        chunk_data_cr,
        chunk_data_lf,
        trailer_first,
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf,
        bad,
    };
    State advance(char c) noexcept;
    State in_chunk_head(char c) noexcept;
    State in_extension(char c) noexcept;
    State in_trailer(char c) noexcept;
    State add_digit(char c) noexcept;
    Step take_content(std::string_view input, std::size_t used) noexcept;

    State state_ = State::complete;
    unsigned digits_ = 0;
    std::uint32_t overhead_ = 0;  ///< bytes of chunk extensions and trailers so far
    std::uint64_t remaining_ = 0; ///< of the body, or of the chunk
};

} // namespace tern::http1
