#include "servers/http/access_log.h"

#include "common/base/escape.h"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <cerrno>

namespace tern::http {
namespace {

/// At up to this rate lines are not worth collecting.
constexpr unsigned lines_written_at_once = 64;
constexpr std::size_t enough_to_write = 64 * 1024;

/// As nginx does: whatever a peer says, it cannot forge a line or a field of one.
std::string escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\')
            result += fmt::format("\\x{:02X}", byte);
        else
            result += c;
    }
    return result;
}

std::string format_time(std::time_t time, const char* format) {
    std::tm parts = {};
    ::localtime_r(&time, &parts);
    std::array<char, 64> text;
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

/// A field of its own, though there may be nothing to say.
std::string field(std::string_view text) { return text.empty() ? "-" : escaped(text); }

std::string format_combined(const AccessRecord& record, std::uint64_t bytes) {
    return fmt::format("{} - - [{}] \"{}\" {} {} \"{}\" \"{}\"\n", record.client,
                       format_time(record.time, "%d/%b/%Y:%H:%M:%S %z"),
                       escaped(record.request_line), number(record.status), bytes,
                       field(record.referer), field(record.user_agent));
}

std::string format_json(const AccessRecord& record, std::uint64_t bytes) {
    std::string line =
        fmt::format(R"({{"time":"{}","status":{},"bytes":{})",
                    format_time(record.time, "%Y-%m-%dT%H:%M:%S%z"), number(record.status), bytes);
    const auto add = [&line](std::string_view name, std::string_view value) {
        line.append(",\"").append(name).append("\":");
        append_json_string(line, value);
    };
    add("client", record.client);
    add("host", record.host);
    add("request", record.request_line);
    add("referer", record.referer);
    add("user_agent", record.user_agent);
    line += "}\n";
    return line;
}

} // namespace

std::string format_access(AccessFormat format, const AccessRecord& record, std::uint64_t bytes) {
    return format == AccessFormat::json ? format_json(record, bytes)
                                        : format_combined(record, bytes);
}

AccessLog::AccessLog(AccessFormat format, const std::string& path, const ReopenSignal* reopen)
    : format_(format), owner_(::getpid()) {
    if (!path.empty())
        file_.emplace(path, reopen);
}

AccessLog::~AccessLog() { write_collected(); }

void AccessLog::write_collected() noexcept {
    if (lines_.empty())
        return;
    if (file_) {
        file_->append(lines_);
    } else {
        while (::write(STDOUT_FILENO, lines_.data(), lines_.size()) < 0 && errno == EINTR)
            continue;
    }
    lines_.clear();
}

void AccessLog::write(const AccessRecord& record, std::uint64_t bytes) {
    const std::string line = format_access(format_, record, bytes);
    const std::time_t now = std::time(nullptr);
    const std::lock_guard lock(mutex_);
    if (now != second_) { // what the last second collected is not kept any longer
        write_collected();
        second_ = now;
        lines_in_second_ = 0;
    }
    lines_ += line;
    if (++lines_in_second_ <= lines_written_at_once || lines_.size() >= enough_to_write)
        write_collected();
    else if (lines_.size() == line.size()) // the first of a new collection
        unattended_.store(true, std::memory_order_relaxed);
}

bool AccessLog::needs_flush_soon() noexcept {
    return unattended_.load(std::memory_order_relaxed) && unattended_.exchange(false);
}

void AccessLog::flush() {
    const std::lock_guard lock(mutex_);
    write_collected();
}

void AccessLog::conversation_ended() {
    const bool is_forked = ::getpid() != owner_;
    const std::time_t now = std::time(nullptr);
    const std::lock_guard lock(mutex_);
    if (is_forked || now != second_)
        write_collected();
}

} // namespace tern::http
