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

/// Tern's own for browsers: JSON by WebSocket.
class Web final : public Dialect {
public:
    bool next(std::string_view& text, std::string_view& message) const override {
        if (text.starts_with("HTTP/")) { // the answer to the handshake
            const std::size_t end = text.find("\r\n\r\n");
            return end != std::string_view::npos && take(text, message, 0, end + 4);
        }
        if (text.size() < 2)
            return false;
        std::size_t size = static_cast<unsigned char>(text[1]), head = 2;
        if (size >= 126) {
            head += size == 126 ? 2 : 8;
            size = 0;
            for (std::size_t i = 2; i < head && head <= text.size(); ++i)
                size = size << 8 | static_cast<unsigned char>(text[i]);
        }
        return text.size() >= head + size && take(text, message, head, head + size);
    }
    std::string hello(const std::string& name) const override {
        return "GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
               "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
               "Sec-WebSocket-Version: 13\r\n\r\n" +
               frame(R"({"request":"enter","name":")" + name + "\"}");
    }
    bool entered(std::string_view line) const override {
        return line.find(R"("event":"welcome")") != std::string_view::npos;
    }
    std::string join(const std::string& room) const override {
        return frame(R"({"request":"join","room":")" + room + "\"}");
    }
    bool joined(std::string_view line) const override { // and not the lobby, which comes by itself
        return line.find(R"("event":"joined")") != std::string_view::npos &&
               line.find(R"("room":"room)") != std::string_view::npos;
    }
    void append_publish(std::string& to, const std::string& room,
                        std::string_view text) const override {
        to += frame(R"({"request":"say","room":")" + room + R"(","text":")" + std::string(text) +
                    "\"}");
    }
    std::string sign_of_life(std::string_view line) const override {
        return line.empty() ? std::string("\x8A\x80\0\0\0\0", 6) : ""; // a ping has no payload
    }
    bool refused(std::string_view line) const override {
        return line.find(R"("event":"refused")") != std::string_view::npos ||
               line.find(R"("connection":"refused")") != std::string_view::npos;
    }
    bool senders_listen() const override { return true; }
    bool senders_hear_themselves() const override { return true; }

private:
    /// What was said is the last of its object; what closes that is left out.
    static bool take(std::string_view& text, std::string_view& message, std::size_t begin,
                     std::size_t end) {
        message = text.substr(begin, end - begin);
        if (message.ends_with("\"}"))
            message.remove_suffix(2);
        text.remove_prefix(end);
        return true;
    }
    /// Of text, with a mask of zeros.
    static std::string frame(const std::string& payload) {
        std::string wire = "\x81";
        if (payload.size() < 126) {
            wire += static_cast<char>(0x80 | payload.size());
        } else {
            wire += static_cast<char>(0x80 | 126);
            wire += static_cast<char>(payload.size() >> 8);
            wire += static_cast<char>(payload.size() & 0xFF);
        }
        return wire.append(4, '\0') + payload;
    }
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

bool Dialect::next(std::string_view& text, std::string_view& message) const {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos)
        return false;
    message = text.substr(0, end > 0 && text[end - 1] == '\r' ? end - 1 : end);
    text.remove_prefix(end + 1);
    return true;
}

std::unique_ptr<Dialect> dialect_named(std::string_view name) {
    if (name == "irc")
        return std::make_unique<Irc>();
    if (name == "line")
        return std::make_unique<Line>();
    if (name == "web")
        return std::make_unique<Web>();
    if (name == "redis")
        return std::make_unique<Redis>();
    if (name == "nats")
        return std::make_unique<Nats>();
    return nullptr;
}

} // namespace bench
