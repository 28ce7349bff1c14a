#include "servers/ftp/upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tern::ftp {
namespace {

constexpr std::uint64_t copied_at_once = std::uint64_t{1} << 20;

std::error_code more_than_allowed() noexcept { return {EDQUOT, std::system_category()}; }

std::uint64_t size_of(const struct stat& status) noexcept {
    return static_cast<std::uint64_t>(status.st_size);
}

} // namespace

Result<std::unique_ptr<Upload>> Upload::begin(UploadDisk& disk, const Home& home,
                                              const UploadWish& wish, Account account) {
    Result<Place> place = home.place(wish.path);
    if (!place)
        return place.error();
    std::unique_ptr<Upload> upload(new Upload(disk, std::move(*place), account));
    const Result<void> looked = upload->look_at_present(home, wish);
    if (!looked)
        return looked.error();
    Result<files::TemporaryFile> file = disk.create(upload->place_.folder.get(), upload->mode_);
    if (!file)
        return file.error();
    if (!account.take(upload->taken_, 1)) {
        if (!file->name.empty())
            ::unlinkat(upload->place_.folder.get(), file->name.c_str(), 0);
        return more_than_allowed();
    }
    upload->file_ = std::move(*file);
    const bool has_mask = !upload->replaces_ && home.umask();
    if (has_mask && ::fchmod(upload->file_.descriptor.get(), 0666 & ~*home.umask()) != 0)
        return last_error();
    return upload;
}

/// What has the name now, and what an earlier upload has left.
Result<void> Upload::look_at_present(const Home& home, const UploadWish& wish) {
    const Result<struct stat> present = home.status(place_, wish.path);
    if (!present && present.error() != std::errc::no_such_file_or_directory)
        return present.error();
    if (present && !S_ISREG(present->st_mode))
        return std::make_error_code(S_ISDIR(present->st_mode) ? std::errc::is_a_directory
                                                              : std::errc::operation_not_permitted);
    replaces_ = present.has_value();
    // A partial file beside a whole one would be taken for it.
    keeps_partial_ = wish.keeps_partial && !replaces_;
    if (present)
        mode_ = present->st_mode & 0777;
    std::uint64_t size = present ? size_of(*present) : 0;
    if (const Result<struct stat> partial = Home::partial_status(place_)) {
        has_partial_ = true;
        size = present ? size : size_of(*partial);
    }
    return open_present(home, wish, size);
}

/// For what is to be kept of it, which has `size` bytes: its beginning, and what is behind the end.
Result<void> Upload::open_present(const Home& home, const UploadWish& wish, std::uint64_t size) {
    if (wish.end) {
        wanted_ = *wish.end - wish.kept;
        tail_ = size - std::min(size, *wish.end);
        keeps_partial_ = keeps_partial_ && tail_ == 0; // or the tail would be lost
    }
    if (wish.kept == 0 && tail_ == 0)
        return {};
    Result<UniqueFd> opened =
        replaces_ ? home.open(wish.path, O_RDONLY) : home.open_partial(wish.path);
    if (!opened)
        return opened.error();
    old_ = std::move(*opened);
    kept_ = to_copy_ = wish.kept;
    // What a link leads to stays where it is, and what is kept of it is stored a second time.
    if (replaces_ && stored_under(place_.folder.get(), place_.name).files == 0)
        taken_ = wish.kept + tail_;
    return {};
}

Upload::~Upload() {
    if (!file_.descriptor)
        return;
    // What is kept is all that was asked to be kept, and perhaps more.
    if (keeps_partial_ && to_copy_ == 0 && received_ > 0) {
        keep_partial();
        return;
    }
    if (!file_.name.empty())
        ::unlinkat(place_.folder.get(), file_.name.c_str(), 0);
    account_.give_back(taken_, 1);
}

Result<void> Upload::copy_some() {
    const auto wanted = static_cast<std::size_t>(std::min(to_copy_, copied_at_once));
    const Result<std::size_t> copied = disk_.copy(old_.get(), file_.descriptor.get(), wanted);
    if (!copied)
        return copied.error();
    if (*copied == 0) // it has shrunk meanwhile
        return std::make_error_code(std::errc::io_error);
    to_copy_ -= *copied;
    return {};
}

Result<void> Upload::begin_tail() {
    if (tail_ == 0)
        return {};
    const auto end = static_cast<off_t>(kept_ + received_);
    if (::lseek(old_.get(), end, SEEK_SET) != end)
        return last_error();
    to_copy_ = tail_;
    kept_ += tail_;
    return {};
}

Result<void> Upload::write(std::string_view bytes) {
    if (wanted_ && bytes.size() > *wanted_ - received_)
        return std::make_error_code(std::errc::message_size);
    while (!bytes.empty()) {
        if (!account_.take(bytes.size(), 0))
            return more_than_allowed();
        const Result<std::size_t> written = disk_.write(file_.descriptor.get(), bytes);
        account_.give_back(bytes.size() - (written ? *written : 0), 0);
        if (!written)
            return written.error();
        received_ += *written;
        taken_ += *written;
        bytes.remove_prefix(*written);
    }
    return {};
}

Result<void> Upload::publish(const std::string& name) {
    Result<void> done;
    if (file_.name.empty())
        done = disk_.link(file_.descriptor.get(), place_.folder.get(), name);
    if (!file_.name.empty() || done.error() == std::errc::file_exists)
        done = replace(name);
    if (done)
        file_.descriptor.reset();
    return done;
}

/// A link cannot replace a file, but a rename can.
Result<void> Upload::replace(const std::string& name) {
    const Result<void> named = give_temporary_name();
    if (!named)
        return named;
    return disk_.rename(place_.folder.get(), file_.name, name);
}

Result<void> Upload::give_temporary_name() {
    if (!file_.name.empty())
        return {};
    std::string temporary = files::temporary_name();
    const Result<void> linked = disk_.link(file_.descriptor.get(), place_.folder.get(), temporary);
    if (linked)
        file_.name = std::move(temporary);
    return linked;
}

Result<void> Upload::prepare(bool sync) {
    syncs_ = sync;
    if (sync) {
        const Result<void> synced = disk_.sync(file_.descriptor.get());
        if (!synced)
            return synced;
    }
    return replaces_ ? give_temporary_name() : Result<void>();
}

Result<void> Upload::commit() {
    // Not what was there when it began: another upload may have replaced it since.
    Stored replaced = account_.counts() ? stored_under(place_.folder.get(), place_.name) : Stored();
    const Result<void> published = publish(place_.name);
    if (!published)
        return published;
    if (has_partial_) {
        const std::string partial = partial_name(place_.name);
        const Stored remains = stored_under(place_.folder.get(), partial);
        if (::unlinkat(place_.folder.get(), partial.c_str(), 0) == 0)
            replaced += remains;
    }
    settle(replaced);
    if (!syncs_) // the name, too
        return {};
    const UniqueFd folder(::openat(place_.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder)
        return disk_.sync(folder.get());
    return {};
}

/// In place of what was taken of the account: what is stored now, and no more what it has replaced.
void Upload::settle(const Stored& replaced) noexcept {
    account_.correct(static_cast<std::int64_t>(kept_ + received_ - taken_) -
                         static_cast<std::int64_t>(replaced.bytes),
                     -static_cast<std::int64_t>(replaced.files));
}

void Upload::keep_partial() noexcept try {
    const std::string name = partial_name(place_.name);
    const Stored replaced = stored_under(place_.folder.get(), name);
    const Result<void> kept = publish(name);
    if (kept)
        return settle(replaced);
    if (!file_.name.empty())
        ::unlinkat(place_.folder.get(), file_.name.c_str(), 0);
    account_.give_back(taken_, 1);
} catch (...) { // no memory: the file had no name
    account_.give_back(taken_, 1);
}

} // namespace tern::ftp
