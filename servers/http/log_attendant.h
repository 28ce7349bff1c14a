#pragma once
// A conversation's part in keeping the access log.

#include "common/base/clock.h"
#include "servers/http/access_log.h"

namespace tern::http {

/// It may fall to a conversation to write what is collected.
class LogAttendant {
public:
    explicit LogAttendant(AccessLog* log) noexcept : log_(log) {}
    ~LogAttendant() {
        if (log_ == nullptr)
            return;
        if (due_ != no_deadline)
            log_->flush();
        log_->conversation_ended();
    }
    LogAttendant(const LogAttendant&) = delete;
    LogAttendant& operator=(const LogAttendant&) = delete;

    /// When to attend(), asked before an idle wait.
    Clock::time_point due(Clock::time_point now) noexcept {
        if (log_ != nullptr && due_ == no_deadline && log_->needs_flush_soon())
            due_ = now + std::chrono::seconds(1);
        return due_;
    }
    void attend(Clock::time_point now) {
        if (now < due_)
            return;
        log_->flush();
        due_ = no_deadline;
    }

private:
    AccessLog* const log_;
    Clock::time_point due_ = no_deadline;
};

} // namespace tern::http
