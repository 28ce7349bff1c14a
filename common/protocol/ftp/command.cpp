#include "common/protocol/ftp/command.h"

#include <algorithm>

namespace tern::ftp {
namespace {

// RFC 854.
constexpr char interpret_as_command = '\xff';
constexpr unsigned char subnegotiation_end = 240, subnegotiation_begin = 250, first_option = 251;

/// Stands in a line for what makes the line bad; the decoder lets no other NUL through.
constexpr char mark_bad = '\0';
/// All that is left of a line that was too long.
constexpr std::string_view cut_line("\0\0", 2);

CommandParser::Outcome parse(std::string_view line, Command& command) {
    if (line == cut_line)
        return CommandParser::Outcome::too_long;
    const std::size_t space = line.find(' ');
    command.verb = upper(line.substr(0, space));
    // RFC 959 §5.3: one space; what follows may begin with another, as names may.
    command.argument = space == std::string_view::npos ? "" : line.substr(space + 1);
    const bool bad = command.verb.empty() || line.find(mark_bad) != std::string_view::npos;
    return bad ? CommandParser::Outcome::bad : CommandParser::Outcome::command;
}

} // namespace

std::string upper(std::string_view text) {
    std::string capitals(text);
    for (char& letter : capitals)
        if (letter >= 'a' && letter <= 'z')
            letter = static_cast<char>(letter - 'a' + 'A');
    return capitals;
}

void CommandParser::clear() noexcept {
    lines_ = std::string();
    line_size_ = 0;
    telnet_ = Telnet::data;
    after_return_ = false;
}

void CommandParser::feed(std::string_view bytes) {
    for (char byte : bytes)
        if (decode(byte))
            take(byte);
}

/// False: the byte is Telnet's.
bool CommandParser::decode(char& byte) noexcept {
    const auto code = static_cast<unsigned char>(byte);
    switch (telnet_) {
    case Telnet::data:
        if (byte != interpret_as_command)
            return true;
        telnet_ = Telnet::command;
        return false;
    case Telnet::command:
        telnet_ = Telnet::data;
        if (code == subnegotiation_begin)
            telnet_ = Telnet::subnegotiation;
        else if (code >= first_option && byte != interpret_as_command)
            telnet_ = Telnet::option;
        return byte == interpret_as_command;
    case Telnet::option:
        telnet_ = Telnet::data;
        return false;
    case Telnet::subnegotiation:
        if (byte == interpret_as_command)
            telnet_ = Telnet::subcommand;
        return false;
    case Telnet::subcommand:
        telnet_ = code == subnegotiation_end ? Telnet::data : Telnet::subnegotiation;
        return false;
    }
    return false;
}

void CommandParser::take(char byte) {
    const bool after_return = after_return_;
    after_return_ = byte == '\r';
    if (byte == '\n') { // a lone LF as well: people type it, and no name may contain it
        if (line_size_ > longest_line_)
            lines_ += cut_line;
        lines_ += '\n';
        line_size_ = 0;
        return;
    }
    if (after_return) // RFC 2640 §3.1: CR NUL is a CR within a name
        put('\r');
    if (byte == '\0' && after_return)
        return;
    if (byte != '\r')
        put(byte == '\0' ? mark_bad : byte);
}

void CommandParser::put(char byte) {
    ++line_size_;
    if (line_size_ <= longest_line_)
        lines_ += byte;
    else if (line_size_ == longest_line_ + 1) // nothing of it is worth its memory
        lines_.resize(lines_.size() - longest_line_);
}

CommandParser::Outcome CommandParser::peek(Command& command) const {
    std::size_t position = 0;
    return look(command, position);
}

CommandParser::Outcome CommandParser::look(Command& command, std::size_t& position) const {
    const std::size_t begin = position;
    const std::size_t end = lines_.find('\n', begin);
    if (end == std::string::npos)
        return Outcome::need_more;
    position = end + 1;
    return parse(std::string_view(lines_).substr(begin, end - begin), command);
}

CommandParser::Outcome CommandParser::next(Command& command) {
    const Outcome outcome = peek(command);
    if (outcome == Outcome::need_more)
        return outcome;
    lines_.erase(0, lines_.find('\n') + 1);
    if (lines_.empty())
        lines_ = std::string(); // an idle session keeps nothing
    return outcome;
}

} // namespace tern::ftp
