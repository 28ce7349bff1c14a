#pragma once
// One line for each file that was moved, or was not: xferlog(5), as other servers write it, or
// JSON.

#include "common/base/log_file.h"

#include <cstdint>
#include <ctime>
#include <mutex>
#include <string>
#include <string_view>

namespace tern::ftp {

enum class TransferLogForm : unsigned char { xferlog, json };

struct TransferRecord {
    std::time_t time = 0; ///< when it ended
    double seconds = 0;
    std::string client; ///< its address
    std::string user;
    std::string path;
    std::uint64_t bytes = 0;
    bool is_upload = false;
    bool is_text = false;
    bool is_anonymous = false;
    bool is_encrypted = false;
    bool is_complete = false;
    std::string_view result; ///< a word
    std::string digest;      ///< with its name before it; empty: none
};

/// With its newline.
std::string format_transfer(TransferLogForm form, const TransferRecord& record);

/// Thread-safe, and safe in forked processes: a line is one write.
class TransferLog {
public:
    /// Throws std::system_error whose text names the file.
    TransferLog(TransferLogForm form, const std::string& path, const ReopenSignal* reopen)
        : form_(form), file_(path, reopen) {}

    void write(const TransferRecord& record);

private:
    const TransferLogForm form_;
    std::mutex mutex_;
    LogFile file_;
};

} // namespace tern::ftp
