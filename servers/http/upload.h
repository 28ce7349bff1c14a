#pragma once
// Files on their way into a folder: written under temporary names, and given their own names only
// once all of them is there. Until then nobody sees anything, and destroying an Upload undoes it.

#include "common/protocol/http/fields.h"
#include "common/protocol/http/status.h"
#include "servers/http/route_settings.h"
#include "servers/http/upload_storage.h"

#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

/// What a client may call a file or folder: no way out of the folder, nothing hidden, nothing that
/// a terminal or another system would take for something else.
bool is_storable_name(std::string_view name) noexcept;

/// How to answer when the file system has said no. Throws std::system_error for what is neither
/// the client's doing nor the fill of the disk.
Status upload_status_of(std::error_code error);

/// The preconditions of a request (RFC 9110 §13), kept beyond its life.
class UploadConditions {
public:
    UploadConditions() = default;
    UploadConditions(std::span<const Field> fields, std::time_t now);

    /// Whether they forbid to change what is there, if anything.
    bool forbid(const std::optional<FolderEntry>& present) const;

private:
    struct Line {
        std::string name;
        std::string value;
    };
    std::vector<Line> lines_;
    std::time_t now_ = 0;
};

/// Why not to put something else into the place of `present`; nothing: it is all right.
std::optional<Status> change_refusal(const std::optional<FolderEntry>& present, bool may_replace,
                                     const UploadConditions& conditions);

/// The folder of an upload. Folders that had to be made for it go with it, unless kept.
class UploadFolder {
public:
    explicit UploadFolder(UploadStorage& storage) noexcept : storage_(storage) {}
    ~UploadFolder();
    UploadFolder(const UploadFolder&) = delete;
    UploadFolder& operator=(const UploadFolder&) = delete;

    enum class Missing : bool { is_an_error, is_made };
    std::error_code open(std::string_view path, Missing missing);
    int descriptor() const noexcept { return descriptor_.get(); }
    /// Until its names, and its own name, are safe on the disk.
    std::error_code sync();
    void keep() noexcept { is_kept_ = true; }

private:
    struct Made {
        UniqueFd parent;
        std::string name;
    };
    std::error_code make(std::string_view path);
    std::error_code make_next(std::string_view path, std::string_view name);

    UploadStorage& storage_;
    UniqueFd descriptor_;
    std::vector<Made> made_;
    bool is_kept_ = false;
};

/// Holds the lock of a folder, if there is no error.
class FolderLock {
public:
    FolderLock(UploadStorage& storage, int folder)
        : storage_(storage), folder_(folder), error_(storage.lock(folder)) {}
    ~FolderLock() {
        if (!error_)
            storage_.unlock(folder_);
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    std::error_code error() const noexcept { return error_; }

private:
    UploadStorage& storage_;
    const int folder_;
    const std::error_code error_;
};

/// All functions that may fail return the status to answer with then; nothing: it went well.
class Upload {
public:
    /// `storage` outlives it.
    Upload(UploadStorage& storage, const UploadSettings& settings, UploadConditions conditions)
        : storage_(storage), settings_(settings), conditions_(std::move(conditions)),
          folder_(storage) {}
    ~Upload();
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    std::optional<Status> open(std::string_view folder);
    /// Begins a file. What can be known now to forbid it does so now.
    std::optional<Status> add(std::string name);
    /// Goes on with the file that was begun last.
    std::optional<Status> write(std::string_view bytes);
    /// Gives all files their names; then there is nothing more to undo.
    std::optional<Status> publish();

    struct Draft {
        TemporaryFile temporary; ///< without a descriptor once it is published
        std::string name;
        std::uint64_t bytes = 0;
        bool replaces = false;
        std::string entity_tag; ///< once it is published
    };
    const std::vector<Draft>& drafts() const noexcept { return drafts_; }

private:
    std::optional<Status> check(Draft& draft);
    std::optional<Status> publish_names();

    UploadStorage& storage_;
    const UploadSettings settings_;
    const UploadConditions conditions_;
    UploadFolder folder_;
    std::vector<Draft> drafts_;
};

} // namespace tern::http
