#pragma once
// What an upload asks of the disk: few operations, so that a test can let each of them fail.

#include "common/files/temporary_file.h"

#include <string>
#include <string_view>

namespace tern::ftp {

/// Thread-safe. Errors are the system's.
class UploadDisk {
public:
    UploadDisk() = default;
    UploadDisk(const UploadDisk&) = delete;
    UploadDisk& operator=(const UploadDisk&) = delete;
    virtual ~UploadDisk() = default;

    /// A new file, without a name if the file system can.
    virtual Result<files::TemporaryFile> create(int folder, mode_t mode);
    /// Writes some of `bytes`.
    virtual Result<std::size_t> write(int file, std::string_view bytes);
    /// Copies some of the `wanted` bytes from where one file stands to where the other one does.
    virtual Result<std::size_t> copy(int from, int to, std::size_t wanted);
    /// Until this file or folder is safe on the disk.
    virtual Result<void> sync(int descriptor);
    /// Gives a file without a name this one, if nothing has it (file_exists).
    virtual Result<void> link(int file, int folder, const std::string& name);
    /// In one step, whatever `to` was before.
    virtual Result<void> rename(int folder, const std::string& from, const std::string& to);
};

} // namespace tern::ftp
