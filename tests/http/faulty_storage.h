#pragma once
// The real file system, with one operation that fails, or at which the process ends.

#include "servers/http/upload_storage.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

namespace tern::test {

struct FaultPlan {
    int failing = 0;         ///< the operation, counted from 1; 0: none
    int error = EIO;         ///< how it fails
    bool lasts = false;      ///< and all that follow it fail, too
    bool is_crash = false;   ///< the process ends instead
    bool removals = false;   ///< whether removals count, and may fail; undoing needs them
    std::size_t most = 1000; ///< bytes that are written at once
};

class FaultyStorage final : public http::UploadStorage {
public:
    FaultyStorage(const std::filesystem::path& root, const FaultPlan& plan)
        : files_(root), plan_(plan) {}

    /// Whether the plan was carried out.
    bool has_failed() const noexcept { return count_ >= plan_.failing && plan_.failing > 0; }
    int count() const noexcept { return count_; }

    Result<UniqueFd> open_folder(std::string_view path) override {
        if (const std::error_code error = step())
            return error;
        return files_.open_folder(path);
    }
    std::error_code make_folder(int folder, const std::string& name) override {
        const std::error_code error = step();
        return error ? error : files_.make_folder(folder, name);
    }
    std::error_code remove_folder(int folder, const std::string& name) override {
        return files_.remove_folder(folder, name);
    }
    Result<http::TemporaryFile> create(int folder) override {
        if (const std::error_code error = step())
            return error;
        return files_.create(folder);
    }
    Result<std::size_t> write(int file, std::string_view bytes) override {
        if (const std::error_code error = step())
            return error;
        return files_.write(file, bytes.substr(0, plan_.most));
    }
    std::error_code sync(int descriptor) override {
        const std::error_code error = step();
        return error ? error : files_.sync(descriptor);
    }
    std::error_code lock(int folder) override {
        const std::error_code error = step();
        return error ? error : files_.lock(folder);
    }
    void unlock(int folder) noexcept override { files_.unlock(folder); }
    Result<std::optional<http::FolderEntry>> inspect(int folder, const std::string& name) override {
        if (const std::error_code error = step())
            return error;
        return files_.inspect(folder, name);
    }
    std::error_code rename(int folder, const std::string& from, const std::string& to,
                           Replace replace) override {
        const std::error_code error = step();
        return error ? error : files_.rename(folder, from, to, replace);
    }
    std::error_code remove(int folder, const std::string& name) override {
        const std::error_code error = plan_.removals ? step() : std::error_code();
        return error ? error : files_.remove(folder, name);
    }

private:
    std::error_code step() noexcept {
        ++count_;
        if (plan_.lasts ? !has_failed() : count_ != plan_.failing)
            return {};
        if (plan_.is_crash)
            ::_exit(0);
        return {plan_.error, std::system_category()};
    }

    http::FileStorage files_;
    const FaultPlan plan_;
    int count_ = 0;
};

} // namespace tern::test
