#pragma once
// How each protocol enters, joins and publishes, and what it says when that is done.

#include <memory>
#include <string>
#include <string_view>

namespace bench {

class Dialect {
public:
    virtual ~Dialect() = default;

    /// Takes the next message off `text`, as a view without its end; false: it is not whole.
    virtual bool next(std::string_view& text, std::string_view& message) const;

    /// What a client says first; `line` answers it when entered() holds.
    virtual std::string hello(const std::string& name) const = 0;
    virtual bool entered(std::string_view line) const = 0;
    virtual std::string join(const std::string& room) const = 0;
    virtual bool joined(std::string_view line) const = 0;
    virtual void append_publish(std::string& to, const std::string& room,
                                std::string_view text) const = 0;

    /// What to answer to a line that asks for a sign of life; empty if it does not.
    virtual std::string sign_of_life(std::string_view) const { return {}; }
    /// Why the server sends this line instead of what was asked for; false for all others.
    virtual bool refused(std::string_view line) const = 0;
    /// Senders are members too, and hear one another.
    virtual bool senders_listen() const = 0;
    /// They hear themselves.
    virtual bool senders_hear_themselves() const { return false; }
};

/// Null if there is none of this name: irc, line, web, redis, nats.
std::unique_ptr<Dialect> dialect_named(std::string_view name);

} // namespace bench
