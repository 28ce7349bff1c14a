#pragma once
// Writes messages onto the wire, within their limits.

#include "common/protocol/irc/numeric.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tern::irc {

/// What precedes a message's parameters.
struct Head {
    std::string_view tags; ///< as append_tag makes them; empty for none
    std::string_view source;
    std::string_view command;
};

/// Adds `key=value`, after a semicolon if it is not the first; without a value only the key.
void append_tag(std::string& tags, std::string_view key, std::string_view value = {});

/// Adds one line, CR LF included. Only the last parameter may be empty, have blanks or begin with a
/// colon. Past 512 bytes (tags apart) the last parameter is cut, never within a UTF-8 sequence.
/// Bytes that would end the line are written as blanks: nobody can make two messages of one.
void append_message(std::string& to, const Head& head,
                    std::span<const std::string_view> parameters);
inline void append_message(std::string& to, const Head& head,
                           std::initializer_list<std::string_view> parameters) {
    append_message(to, head, std::span(parameters.begin(), parameters.size()));
}

/// A numeric from `server` to `client`; `parameters` are those after the client's name.
void append_numeric(std::string& to, std::string_view server, Numeric numeric,
                    std::string_view client, std::initializer_list<std::string_view> parameters);

/// The longest beginning of at most `bytes` bytes that does not end within a UTF-8 sequence.
std::string_view cut_utf8(std::string_view text, std::size_t bytes) noexcept;

} // namespace tern::irc
