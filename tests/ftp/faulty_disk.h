#pragma once
// The real disk, of which one operation fails, or at which the process ends.

#include "servers/ftp/upload_disk.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

namespace tern::test {

struct DiskFault {
    int failing = 0;        ///< the operation, counted from 1; 0: none
    int error = ENOSPC;     ///< how it fails
    bool is_crash = false;  ///< the process ends instead
    std::size_t most = 100; ///< bytes that are written or copied at once
};

class FaultyDisk final : public ftp::UploadDisk {
public:
    explicit FaultyDisk(const DiskFault& fault) noexcept : fault_(fault) {}

    bool has_failed() const noexcept { return fault_.failing > 0 && count_ >= fault_.failing; }

    Result<files::TemporaryFile> create(int folder, mode_t mode) override {
        const Result<void> fate = step();
        return fate ? UploadDisk::create(folder, mode) : fate.error();
    }
    Result<std::size_t> write(int file, std::string_view bytes) override {
        const Result<void> fate = step();
        return fate ? UploadDisk::write(file, bytes.substr(0, fault_.most)) : fate.error();
    }
    Result<std::size_t> copy(int from, int to, std::size_t wanted) override {
        const Result<void> fate = step();
        return fate ? UploadDisk::copy(from, to, std::min(wanted, fault_.most)) : fate.error();
    }
    Result<void> sync(int descriptor) override {
        const Result<void> fate = step();
        return fate ? UploadDisk::sync(descriptor) : fate;
    }
    Result<void> link(int file, int folder, const std::string& name) override {
        const Result<void> fate = step();
        return fate ? UploadDisk::link(file, folder, name) : fate;
    }
    Result<void> rename(int folder, const std::string& from, const std::string& to) override {
        const Result<void> fate = step();
        return fate ? UploadDisk::rename(folder, from, to) : fate;
    }

private:
    Result<void> step() noexcept {
        if (++count_ != fault_.failing)
            return {};
        if (fault_.is_crash)
            ::_exit(0);
        return std::error_code(fault_.error, std::system_category());
    }

    const DiskFault fault_;
    int count_ = 0;
};

} // namespace tern::test
