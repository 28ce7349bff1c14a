#pragma once
// What an upload asks of the file system: few operations, so that a test can let each of them
// fail in turn.
//
// Descriptors of folders are for these operations only. A temporary file is in the folder where
// its contents will be; its name begins with a dot, and nobody can guess it. Who writes to it holds
// its lock, so what a crash has left behind can be told from an upload under way.

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/files/temporary_file.h"
#include "servers/http/document_root.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

using files::remove_leftovers;
using files::TemporaryFile;

/// Thread-safe. Errors are the system's.
class UploadStorage {
public:
    virtual ~UploadStorage() = default;

    /// `path` is relative to the root; empty is the root itself. Symbolic links lead nowhere.
    virtual Result<UniqueFd> open_folder(std::string_view path) = 0;
    virtual std::error_code make_folder(int folder, const std::string& name) = 0;
    virtual std::error_code remove_folder(int folder, const std::string& name) = 0;

    /// A new temporary file, locked.
    virtual Result<TemporaryFile> create(int folder) = 0;
    /// Writes some of `bytes`.
    virtual Result<std::size_t> write(int file, std::string_view bytes) = 0;
    /// Until this file or folder is safe on the disk.
    virtual std::error_code sync(int descriptor) = 0;

    /// Nobody else who locks the folder, in whatever process, changes what it holds until unlock().
    virtual std::error_code lock(int folder) = 0;
    virtual void unlock(int folder) noexcept = 0;
    /// Nothing: nothing has that name. Links are not followed.
    virtual Result<std::optional<FolderEntry>> inspect(int folder, const std::string& name) = 0;
    enum class Replace : bool { no, yes };
    /// In one step. Without `replace` EEXIST says that there is such a name already.
    virtual std::error_code rename(int folder, const std::string& from, const std::string& to,
                                   Replace replace) = 0;
    virtual std::error_code remove(int folder, const std::string& name) = 0;
};

class FileStorage final : public UploadStorage {
public:
    /// Throws std::system_error whose text names the folder.
    explicit FileStorage(const std::filesystem::path& root);

    Result<UniqueFd> open_folder(std::string_view path) override;
    std::error_code make_folder(int folder, const std::string& name) override;
    std::error_code remove_folder(int folder, const std::string& name) override;
    Result<TemporaryFile> create(int folder) override;
    Result<std::size_t> write(int file, std::string_view bytes) override;
    std::error_code sync(int descriptor) override;
    std::error_code lock(int folder) override;
    void unlock(int folder) noexcept override;
    Result<std::optional<FolderEntry>> inspect(int folder, const std::string& name) override;
    std::error_code rename(int folder, const std::string& from, const std::string& to,
                           Replace replace) override;
    std::error_code remove(int folder, const std::string& name) override;

private:
    DocumentRoot root_;
};

} // namespace tern::http
