#include "tools/bench/chat_load/dialect.h"

namespace bench {
namespace {

/// The second word of a line that has a source.
std::string_view second_word(std::string_view line) noexcept {
    const std::size_t blank = line.find(' ');
    if (!line.starts_with(':') || blank == std::string_view::npos)
        return {};
    line.remove_prefix(blank + 1);
    return line.substr(0, line.find(' '));
}

class Irc final : public Dialect {
public:
    std::string hello(const std::string& name) const override {
        return "NICK " + name + "\r\nUSER " + name + " 0 * :" + name + "\r\n";
    }
    bool entered(std::string_view line) const override {
        const std::string_view word = second_word(line);
        return word == "376" || word == "422"; // the end of the message of the day, or none
    }
    std::string join(const std::string& room) const override { return "JOIN #" + room + "\r\n"; }
    bool joined(std::string_view line) const override { return second_word(line) == "366"; }
    void append_publish(std::string& to, const std::string& room,
                        std::string_view text) const override {
        to.append("PRIVMSG #").append(room).append(" :").append(text).append("\r\n");
    }
    std::string sign_of_life(std::string_view line) const override {
        if (!line.starts_with("PING"))
            return {};
        return "PONG" + std::string(line.substr(4)) + "\r\n";
    }
    bool refused(std::string_view line) const override {
        const std::string_view word = second_word(line);
        return line.starts_with("ERROR") ||
               (word.size() == 3 && (word[0] == '4' || word[0] == '5') && word != "422");
    }
    bool senders_listen() const override { return true; }
};

/// Tern's own: lines to be typed.
class Line final : public Dialect {
public:
    std::string hello(const std::string& name) const override { return name + "\n/ping\n"; }
    bool entered(std::string_view line) const override {
        return line.find("ong") != std::string_view::npos;
    }
    std::string join(const std::string& room) const override {
        return "/join " + room + "\n/ping\n";
    }
    bool joined(std::string_view line) const override { return entered(line); }
    void append_publish(std::string& to, const std::string&, std::string_view text) const override {
        to.append(text).append("\n");
    }
    bool refused(std::string_view) const override { return false; }
    bool senders_listen() const override { return true; }
};

class Redis final : public Dialect {
public:
    std::string hello(const std::string&) const override { return "PING\r\n"; }
    bool entered(std::string_view line) const override { return line == "+PONG"; }
    std::string join(const std::string& room) const override {
        return "SUBSCRIBE " + room + "\r\n";
    }
    bool joined(std::string_view line) const override { return line == ":1"; }
    void append_publish(std::string& to, const std::string& room,
                        std::string_view text) const override {
        to.append("*3\r\n$7\r\nPUBLISH\r\n$").append(std::to_string(room.size())).append("\r\n");
        to.append(room).append("\r\n$").append(std::to_string(text.size())).append("\r\n");
        to.append(text).append("\r\n");
    }
    bool refused(std::string_view line) const override { return line.starts_with('-'); }
    bool senders_listen() const override { return false; }
};

class Nats final : public Dialect {
public:
    std::string hello(const std::string&) const override {
        return "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1}\r\nPING\r\n";
    }
    bool entered(std::string_view line) const override { return line == "PONG"; }
    std::string join(const std::string& room) const override {
        return "SUB " + room + " 1\r\nPING\r\n";
    }
    bool joined(std::string_view line) const override { return line == "PONG"; }
    void append_publish(std::string& to, const std::string& room,
                        std::string_view text) const override {
        to.append("PUB ").append(room).append(" ").append(std::to_string(text.size()));
        to.append("\r\n").append(text).append("\r\n");
    }
    std::string sign_of_life(std::string_view line) const override {
        return line == "PING" ? "PONG\r\n" : "";
    }
    bool refused(std::string_view line) const override { return line.starts_with("-ERR"); }
    bool senders_listen() const override { return false; }
};

} // namespace

std::unique_ptr<Dialect> dialect_named(std::string_view name) {
    if (name == "irc")
        return std::make_unique<Irc>();
    if (name == "line")
        return std::make_unique<Line>();
    if (name == "redis")
        return std::make_unique<Redis>();
    if (name == "nats")
        return std::make_unique<Nats>();
    return nullptr;
}

} // namespace bench
