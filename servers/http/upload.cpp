#include "servers/http/upload.h"

#include "common/protocol/http/conditions.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace tern::http {
namespace {

/// Each of them is a descriptor while the upload is under way.
constexpr std::size_t most_folders_made = 16;

bool starts_with_if(std::string_view name) noexcept {
    return equal_ignoring_case(name.substr(0, 3), "If-");
}

} // namespace

bool is_storable_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= NAME_MAX && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '/' && c != '\\';
           });
}

Status upload_status_of(std::error_code error) {
    switch (error.value()) {
    case ENOSPC:
    case EDQUOT:
        return Status::insufficient_storage;
    case EFBIG:
        return Status::content_too_large;
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case EXDEV: // leads out of the folder: not to be spoken about
    case ELOOP:
        return Status::not_found;
    case EEXIST:
    case EISDIR:
    case ENOTEMPTY:
        return Status::conflict;
    case EACCES:
    case EPERM:
    case EROFS:
        return Status::forbidden;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return Status::unavailable;
    default:
        throw std::system_error(error, "upload");
    }
}

UploadConditions::UploadConditions(std::span<const Field> fields, std::time_t now) : now_(now) {
    for (const Field& field : fields) {
        if (starts_with_if(field.name))
            lines_.push_back({std::string(field.name), std::string(field.value)});
    }
}

bool UploadConditions::forbid(const std::optional<FolderEntry>& present) const {
    std::vector<Field> fields;
    for (const Line& line : lines_)
        fields.push_back({line.name, line.value});
    if (!present) // RFC 9110 §13.1.1; the other conditions hold then
        return find(fields, "If-Match") != nullptr;
    const std::string tag = entity_tag_of(present->identity);
    const Validators validators{tag, present->identity.modified()};
    return evaluate_preconditions(fields, false, validators, now_) == Precondition::failed;
}

std::optional<Status> change_refusal(const std::optional<FolderEntry>& present, bool may_replace,
                                     const UploadConditions& conditions) {
    // RFC 9110 §13.2.1: preconditions come last.
    if (present && (present->kind != FileKind::regular || !may_replace))
        return Status::conflict;
    if (conditions.forbid(present))
        return Status::precondition_failed;
    return std::nullopt;
}

UploadFolder::~UploadFolder() {
    for (; !is_kept_ && !made_.empty();
         made_.pop_back()) // fails if somebody else uses the folder by now
        storage_.remove_folder(made_.back().parent.get(), made_.back().name);
}

std::error_code UploadFolder::open(std::string_view path, Missing missing) {
    Result<UniqueFd> opened = storage_.open_folder(path);
    if (!opened && missing == Missing::is_made &&
        opened.error() == std::errc::no_such_file_or_directory)
        return make(path);
    if (!opened)
        return opened.error();
    descriptor_ = std::move(*opened);
    return {};
}

std::error_code UploadFolder::make(std::string_view path) {
    if (const std::error_code error = open({}, Missing::is_an_error))
        return error;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view name = path.substr(begin, end - begin);
        std::error_code error = make_next(path.substr(0, end), name);
        if (error)
            return error;
        begin = end + 1;
    }
    return {};
}

/// Makes `name` in the open folder if need be, and opens it, whose whole path is `path`.
std::error_code UploadFolder::make_next(std::string_view path, std::string_view name) {
    Result<UniqueFd> opened = storage_.open_folder(path);
    if (!opened && opened.error() == std::errc::no_such_file_or_directory) {
        if (made_.size() == most_folders_made)
            return std::make_error_code(std::errc::filename_too_long);
        const std::error_code error = storage_.make_folder(descriptor_.get(), std::string(name));
        if (error && error != std::errc::file_exists)
            return error;
        opened = storage_.open_folder(path);
        if (!error)
            made_.push_back({std::move(descriptor_), std::string(name)});
    }
    if (!opened)
        return opened.error();
    descriptor_ = std::move(*opened);
    return {};
}

std::error_code UploadFolder::sync() {
    std::error_code error = storage_.sync(descriptor_.get());
    for (const Made& made : made_) {
        if (!error)
            error = storage_.sync(made.parent.get());
    }
    return error;
}

Upload::~Upload() {
    for (const Draft& draft : drafts_) {
        if (draft.temporary.descriptor)
            storage_.remove(folder_.descriptor(), draft.temporary.name);
    }
}

std::optional<Status> Upload::open(std::string_view folder) {
    const std::error_code error =
        folder_.open(folder, settings_.create_folders ? UploadFolder::Missing::is_made
                                                      : UploadFolder::Missing::is_an_error);
    if (error)
        return upload_status_of(error);
    return std::nullopt;
}

std::optional<Status> Upload::add(std::string name) {
    Draft draft;
    draft.name = std::move(name);
    if (const std::optional<Status> refusal = check(draft))
        return refusal;
    drafts_.reserve(drafts_.size() + 1); // so that nothing can fail once there is a file
    Result<TemporaryFile> created = storage_.create(folder_.descriptor());
    if (!created)
        return upload_status_of(created.error());
    draft.temporary = std::move(*created);
    drafts_.push_back(std::move(draft));
    return std::nullopt;
}

std::optional<Status> Upload::write(std::string_view bytes) {
    Draft& draft = drafts_.back();
    while (!bytes.empty()) {
        const Result<std::size_t> written = storage_.write(draft.temporary.descriptor.get(), bytes);
        if (!written)
            return upload_status_of(written.error());
        if (*written == 0)
            return Status::insufficient_storage;
        draft.bytes += *written;
        bytes.remove_prefix(*written);
    }
    return std::nullopt;
}

std::optional<Status> Upload::check(Draft& draft) {
    const Result<std::optional<FolderEntry>> present =
        storage_.inspect(folder_.descriptor(), draft.name);
    if (!present)
        return upload_status_of(present.error());
    draft.replaces = present->has_value();
    return change_refusal(*present, settings_.overwrite, conditions_);
}

/// All checks come first, so that of several files all get their names, or none does.
std::optional<Status> Upload::publish_names() {
    const FolderLock lock(storage_, folder_.descriptor());
    if (lock.error())
        return upload_status_of(lock.error());
    for (Draft& draft : drafts_) {
        if (const std::optional<Status> refusal = check(draft))
            return refusal;
    }
    for (Draft& draft : drafts_) {
        // If another program is faster than our check, it keeps what it has.
        const auto replace =
            draft.replaces ? UploadStorage::Replace::yes : UploadStorage::Replace::no;
        const std::error_code error =
            storage_.rename(folder_.descriptor(), draft.temporary.name, draft.name, replace);
        if (error)
            return upload_status_of(error);
        draft.temporary.descriptor.reset();
        folder_.keep();
    }
    return std::nullopt;
}

std::optional<Status> Upload::publish() {
    for (Draft& draft : drafts_) {
        const int file = draft.temporary.descriptor.get();
        const std::error_code error = settings_.sync ? storage_.sync(file) : std::error_code();
        if (error)
            return upload_status_of(error);
        const Result<FileIdentity> identity = identify(file);
        if (!identity)
            return upload_status_of(identity.error());
        draft.entity_tag = entity_tag_of(*identity);
    }
    if (const std::optional<Status> failure = publish_names())
        return failure;
    if (settings_.sync) {
        if (const std::error_code error = folder_.sync())
            return upload_status_of(error);
    }
    return std::nullopt;
}

} // namespace tern::http
