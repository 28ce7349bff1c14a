#pragma once
// The control connection's lines as commands (RFC 959 §5.3, with the Telnet rules of RFC 1123
// §4.1.2.12). Sans-I/O.

#include <cstddef>
#include <string>
#include <string_view>

namespace tern::ftp {

struct Command {
    std::string verb; ///< in capitals
    std::string argument;
};

/// Takes bytes as they come and yields commands. Telnet commands (interrupt, data mark,
/// negotiation) are left out, a doubled IAC is one byte of data, and CR NUL is a CR.
class CommandParser {
public:
    /// Of a line that is longer, no more than this is kept.
    explicit CommandParser(std::size_t longest_line) noexcept : longest_line_(longest_line) {}

    void feed(std::string_view bytes);

    enum class Outcome : unsigned char {
        need_more,
        command,
        too_long, ///< a whole line was dropped
        bad,      ///< so was this one: it had a NUL, or no verb
    };
    /// The next command. A line is taken with this.
    Outcome next(Command& command);
    /// What next() would yield, without taking it; it costs as much.
    Outcome peek(Command& command) const;
    /// The same, of what begins at this byte of what was not taken, and moves behind it: so
    /// commands that wait can be looked through.
    Outcome look(Command& command, std::size_t& position) const;

    /// Bytes that were fed and not taken.
    std::size_t size() const noexcept { return lines_.size(); }
    /// Forgets everything, as when TLS begins: what came before it was anybody's.
    void clear() noexcept;

private:
    enum class Telnet : unsigned char { data, command, option, subnegotiation, subcommand };

    bool decode(char& byte) noexcept;
    void take(char byte);
    void put(char byte);

    std::size_t longest_line_;
    std::string lines_; ///< decoded; lines end with '\n', which none contains
    std::size_t line_size_ = 0;
    Telnet telnet_ = Telnet::data;
    bool after_return_ = false;
};

/// With ASCII's small letters as capitals.
std::string upper(std::string_view text);

} // namespace tern::ftp
