#include "clients/ftp/transfer.h"

#include "clients/ftp/digest.h"
#include "clients/ftp/exit_code.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/files/partial_file.h"
#include "common/terminal/interruption.h"

#include <sys/stat.h>

#include <memory>
#include <optional>

namespace tern::ftp_client {
namespace {

using files::PartialFile;

constexpr auto choose_digest = "OPTS HASH SHA-256";

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// What libcurl's callbacks of one transfer know.
struct Watch {
    PartialFile* part = nullptr;
    terminal::ProgressBar* bar = nullptr;
    std::uint64_t already = 0;
    Clock::time_point begun = Clock::now();
    std::error_code error = {};
};

std::size_t take(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& watch = *static_cast<Watch*>(self);
    watch.error = watch.part->append({data, size});
    return watch.error ? 0 : size;
}

int show(void* self, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
         curl_off_t up) noexcept {
    auto& watch = *static_cast<Watch*>(self);
    const auto moved = static_cast<std::uint64_t>(down + up);
    const auto total = static_cast<std::uint64_t>(down_total + up_total);
    const Clock::time_point now = Clock::now();
    if (watch.bar != nullptr && moved > 0)
        watch.bar->show({watch.already + moved, total > 0 ? watch.already + total : 0,
                         watch.already, now - watch.begun},
                        now);
    return terminal::Interruption::happened() ? 1 : 0;
}

int seek(void* file, curl_off_t offset, int origin) noexcept {
    const bool done = std::fseek(static_cast<std::FILE*>(file), offset, origin) == 0;
    return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

void watch_over(CURL* handle, Watch& watch) {
    curl::require(curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, show));
    curl::require(curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &watch));
}

/// What the server tells about a file without sending it.
struct RemoteFile {
    std::optional<std::uint64_t> size;
    std::optional<std::time_t> modified;
};

RemoteFile ask_about(Session& session, const std::string& path, Outcome& outcome) {
    CURL* const handle = session.prepare(path);
    curl::require(curl_easy_setopt(handle, CURLOPT_NOBODY, 1L));
    curl::require(curl_easy_setopt(handle, CURLOPT_FILETIME, 1L));
    RemoteFile file;
    // What it tells, libcurl hands on as if it was a head.
    curl::require(curl_easy_setopt(
        handle, CURLOPT_WRITEFUNCTION,
        +[](char*, std::size_t, std::size_t size, void*) noexcept { return size; }));
    outcome = session.perform();
    if (!outcome)
        return file;
    if (const curl_off_t size = curl::amount(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T); size >= 0)
        file.size = static_cast<std::uint64_t>(size);
    if (const curl_off_t time = curl::amount(handle, CURLINFO_FILETIME_T); time >= 0)
        file.modified = time;
    return file;
}

/// Done if they agree, or if the server knows no digests.
Outcome compare(Session& session, const std::string& remote, const std::filesystem::path& local) {
    if (!session.command({choose_digest, "HASH " + remote}))
        return {};
    const std::optional<std::string> there = sha256_from(session.last_reply());
    if (!there)
        return {};
    const std::optional<std::string> here = sha256_of(local);
    return here == there ? Outcome() : Outcome{"the digests differ", exit_digest_differs};
}

Outcome failure(const std::error_code& error) { return {error.message(), exit_failed}; }

/// What is there is a part of that remote file, as far as one can tell.
bool can_resume(const PartialFile& part, const RemoteFile& file) {
    return part.size() > 0 && file.modified == part.modified() &&
           part.size() <= file.size.value_or(0);
}

Outcome receive(Session& session, const std::string& remote, PartialFile& part,
                const Manner& manner) {
    std::optional<terminal::ProgressBar> bar;
    if (manner.progress != nullptr)
        bar.emplace(manner.progress, remote);
    Watch watch{&part, bar ? &*bar : nullptr, part.size()};
    CURL* const handle = session.prepare(remote);
    watch_over(handle, watch);
    curl::require(curl_easy_setopt(handle, CURLOPT_FILETIME, 1L));
    curl::require(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take));
    curl::require(curl_easy_setopt(handle, CURLOPT_WRITEDATA, &watch));
    const auto offset = static_cast<curl_off_t>(part.size());
    curl::require(curl_easy_setopt(handle, CURLOPT_RESUME_FROM_LARGE, offset));
    const Outcome outcome = session.perform();
    return watch.error ? failure(watch.error) : outcome;
}

struct Upload {
    std::FILE* file;
    std::string name;
    std::uint64_t size;
    std::uint64_t already = 0; ///< on the server
};

Outcome send(Session& session, const std::string& remote, const Upload& what,
             const Manner& manner) {
    std::optional<terminal::ProgressBar> bar;
    if (manner.progress != nullptr)
        bar.emplace(manner.progress, what.name);
    Watch watch{nullptr, bar ? &*bar : nullptr, what.already};
    CURL* const handle = session.prepare(remote);
    watch_over(handle, watch);
    const auto set = [handle](CURLoption option, auto value) {
        curl::require(curl_easy_setopt(handle, option, value));
    };
    std::rewind(what.file);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READDATA, what.file);
    set(CURLOPT_SEEKFUNCTION, seek);
    set(CURLOPT_SEEKDATA, what.file);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(what.size));
    set(CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(what.already));
    return session.perform();
}

} // namespace

bool can_verify(Session& session) { return bool(session.command({choose_digest})); }

Outcome download(Session& session, const std::string& remote, const std::filesystem::path& local,
                 const Manner& manner) {
    Result<PartialFile> part = PartialFile::open(local);
    if (!part)
        return failure(part.error());
    Outcome outcome;
    const RemoteFile file = ask_about(session, remote, outcome);
    if (outcome && !(manner.resumes && can_resume(*part, file)))
        if (const std::error_code error = part->restart())
            return failure(error);
    if (outcome && (part->size() == 0 || part->size() != file.size))
        outcome = receive(session, remote, *part, manner);
    if (file.modified)
        part->set_modified(*file.modified);
    if (outcome && manner.verifies)
        outcome = compare(session, remote, part->path());
    if ((!outcome && part->size() == 0) || outcome.exit_code == exit_digest_differs)
        part->discard();
    if (!outcome)
        return outcome;
    const std::error_code error = part->commit();
    return error ? failure(error) : Outcome();
}

Outcome upload(Session& session, const std::filesystem::path& local, const std::string& remote,
               const Manner& manner) {
    const File file(std::fopen(local.c_str(), "rbe"));
    struct stat state = {};
    if (!file || ::fstat(::fileno(file.get()), &state) != 0)
        return failure(last_error());
    if (!S_ISREG(state.st_mode))
        return {"not a file", exit_failed};
    Upload what{file.get(), local.filename().string(), static_cast<std::uint64_t>(state.st_size)};
    if (manner.resumes) {
        Outcome ignored; // it need not be there yet
        what.already = ask_about(session, remote, ignored).size.value_or(0);
    }
    if (what.already > what.size)
        what.already = 0;
    Outcome outcome;
    if (what.already < what.size || what.size == 0)
        outcome = send(session, remote, what, manner);
    if (outcome && manner.verifies)
        outcome = compare(session, remote, local);
    if (outcome.exit_code != exit_digest_differs || what.already == 0)
        return outcome;
    what.already = 0; // what was there was not the beginning of this file
    outcome = send(session, remote, what, manner);
    return outcome ? compare(session, remote, local) : outcome;
}

} // namespace tern::ftp_client
