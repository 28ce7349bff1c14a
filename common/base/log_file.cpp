#include "common/base/log_file.h"

#include <fcntl.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace tern {
namespace {

UniqueFd open_for_appending(const std::string& path) noexcept {
    return UniqueFd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
                           S_IRUSR | S_IWUSR | S_IRGRP));
}

} // namespace

ReopenSignal::ReopenSignal() : memory_(sizeof(std::atomic<std::uint64_t>)) {
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "used by a signal handler");
    count_ = new (memory_.address()) std::atomic<std::uint64_t>(0);
}

LogFile::LogFile(std::string path, const ReopenSignal* reopen, int otherwise)
    : path_(std::move(path)), reopen_(reopen), otherwise_(otherwise) {
    if (path_.empty())
        return;
    opened_at_ = reopen_ != nullptr ? reopen_->count() : 0;
    file_ = open_for_appending(path_);
    if (!file_)
        throw std::system_error(errno, std::system_category(), path_);
}

void LogFile::open_again_if_asked() noexcept {
    if (path_.empty() || reopen_ == nullptr)
        return;
    const std::uint64_t asked = reopen_->count();
    if (asked == opened_at_)
        return;
    opened_at_ = asked;
    // The number stays, for forked children are told which descriptors to keep by number. Where
    // the file cannot be opened, the old one is better than none.
    const UniqueFd again = open_for_appending(path_);
    if (again)
        ::dup3(again.get(), file_.get(), O_CLOEXEC);
}

bool LogFile::append(std::string_view lines) noexcept {
    open_again_if_asked();
    const int descriptor = path_.empty() ? otherwise_ : file_.get();
    while (!lines.empty()) {
        const ssize_t written = ::write(descriptor, lines.data(), lines.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace tern
