#pragma once
// One line for each request, in a file of its own.
//
// At a low rate each line is written as it comes. At a high rate they are collected, and written
// after a second or by 64 KiB; always whole lines, in one write(2) to a file that is opened
// for appending, so processes may share it.

#include "common/base/log_file.h"
#include "common/protocol/http/status.h"
#include "servers/http/request.h"

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

enum class AccessFormat : unsigned char { combined, json };

/// What is known of a request when it is answered; the rest comes when the answer is sent.
struct AccessRecord {
    std::string client; ///< its address
    std::string request_line;
    std::string host;
    std::string referer;
    std::string user_agent;
    std::time_t time = 0;
    Status status = Status::ok;
};

/// The record as a line, with `bytes` of content sent.
std::string format_access(AccessFormat format, const AccessRecord& record, std::uint64_t bytes);

/// Thread-safe, and safe in forked children.
class AccessLog {
public:
    /// An empty path is standard output. Throws std::system_error whose text names the file.
    AccessLog(AccessFormat format, const std::string& path, const ReopenSignal* reopen);
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    void write(const AccessRecord& record, std::uint64_t bytes);

    /// To be called when a conversation ends: a forked child may have no later chance to write.
    void conversation_ended();

    /// Whether the caller should call flush() in a second: lines are collected, perhaps no more
    /// come, and nobody else has been told. Costs next to nothing.
    bool needs_flush_soon() noexcept;
    void flush();

private:
    void write_collected() noexcept;

    const AccessFormat format_;
    const pid_t owner_;
    std::mutex mutex_;
    std::optional<LogFile> file_; ///< none: standard output
    std::string lines_;
    std::time_t second_ = 0;               ///< the one that is counted in
    unsigned lines_in_second_ = 0;         ///< written or collected
    std::atomic<bool> unattended_ = false; ///< lines are collected, and nobody will flush them
};

} // namespace tern::http
