#pragma once
// Cuts what a client sends into lines, whatever pieces it comes in.
//
// CR and LF each end a line, and empty lines are nothing, so CR LF, LF and CR are all understood.
// A line past the limits is reported once, at its end, and none of it is kept meanwhile.

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::irc {

class LineReader {
public:
    enum class Outcome : unsigned char { need_more, line, too_long };

    /// The next line, which begins in what came before or in `input`, of which it takes what it
    /// needs. `line` is valid until the next call, and as long as `input` is.
    Outcome next(std::string_view& input, std::string_view& line);

    /// Bytes of a line that has not ended yet: never more than the limits allow.
    std::size_t pending() const noexcept { return begun_.size(); }

private:
    Outcome finished(std::string_view text, std::string_view& line) noexcept;
    void keep(std::string_view text);

    std::string begun_;         ///< of the line that has not ended yet
    bool is_too_long_ = false;  ///< that line
    bool was_returned_ = false; ///< begun_ is the line that next() returned
};

/// Whether a client may send this line (without its end): 510 bytes, and tags before them.
bool fits(std::string_view line) noexcept;

} // namespace tern::irc
