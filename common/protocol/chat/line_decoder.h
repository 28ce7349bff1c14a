#pragma once
// Cuts a stream of bytes into lines, whatever pieces it comes in.
//
// A line ends with LF or CR LF. One that is too long is never cut in two: it is reported once, at
// its end, and none of it is kept meanwhile. So a peer costs at most `longest` bytes of memory,
// and a connection that is between two lines none.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tern::chat {

class LineDecoder {
public:
    /// `longest`: bytes of a line, without its end.
    explicit LineDecoder(std::size_t longest) noexcept : longest_(longest) {}

    struct Line {
        bool is_too_long = false;
        std::string_view text; ///< without the end; empty if too long
    };
    /// The next line, which begins in what came before or in `input`, of which it takes what it
    /// needs; nothing once all of `input` is taken. The text is valid until the next call, and as
    /// long as `input` is.
    std::optional<Line> next(std::string_view& input);

    /// At the end of the stream: the line that has begun and has no end, if there is one.
    std::optional<Line> last();

    /// Bytes of a line that has not ended yet.
    std::size_t pending() const noexcept { return begun_.size(); }

private:
    void forget_returned() noexcept;
    Line taken() noexcept;
    Line finished(std::string_view text) const noexcept;
    void keep(std::string_view text);

    const std::size_t longest_;
    std::string begun_;         ///< of the line that has not ended yet
    bool is_too_long_ = false;  ///< that line
    bool was_returned_ = false; ///< begun_ is the line that next() returned
};

} // namespace tern::chat
