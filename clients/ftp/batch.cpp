#include "clients/ftp/batch.h"

#include "clients/ftp/exit_code.h"
#include "clients/ftp/remote_path.h"
#include "common/base/escape.h"
#include "common/terminal/interruption.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace tern::ftp_client {
namespace {

constexpr std::size_t most_jobs = 100'000; ///< a server can make up folders without end
constexpr std::size_t deepest = 64;

struct Folder {
    std::string remote;
    std::filesystem::path local;
    std::size_t depth;
};

} // namespace

Outcome plan_folder(Session& session, const std::string& folder, const std::filesystem::path& into,
                    std::vector<Job>& jobs, const std::function<void(const std::string&)>& tell) {
    std::vector<Folder> folders = {{folder, into, 0}};
    while (!folders.empty()) {
        const Folder next = std::move(folders.back());
        folders.pop_back();
        std::error_code error;
        std::filesystem::create_directories(next.local, error);
        if (error)
            return {next.local.string() + ": " + error.message(), exit_failed};
        std::vector<RemoteEntry> entries;
        if (Outcome outcome = session.list(next.remote, entries); !outcome)
            return outcome;
        for (const RemoteEntry& entry : entries) {
            const std::string remote = resolved(next.remote, entry.name);
            if (!is_safe_name(entry.name))
                tell("left out, for its name: " + printable(entry.name));
            else if (!entry.is_folder)
                jobs.push_back({remote, next.local / entry.name});
            else if (next.depth < deepest)
                folders.push_back({remote, next.local / entry.name, next.depth + 1});
        }
        if (jobs.size() + folders.size() > most_jobs)
            return {"there is too much in " + printable(folder), exit_failed};
    }
    return {};
}

Outcome run_parallel(const Account& account, const Options& options, const Manner& manner,
                     const std::vector<Job>& jobs,
                     const std::function<void(const std::string&)>& tell) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex; // of `worst`, and of what tell() does
    Outcome worst;
    const auto work = [&] {
        Session session(account, options);
        while (!terminal::Interruption::happened()) {
            const std::size_t index = next.fetch_add(1);
            if (index >= jobs.size())
                return;
            const Job& job = jobs[index];
            Outcome outcome = download(session, job.remote, job.local, manner);
            const std::scoped_lock lock(mutex);
            tell(printable(job.remote) + (outcome ? "" : ": " + printable(outcome.complaint)));
            if (outcome.exit_code > worst.exit_code)
                worst = std::move(outcome);
        }
    };
    {
        const std::size_t count = std::min<std::size_t>(options.parallel, jobs.size());
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < count; ++i)
            workers.emplace_back(work);
    }
    if (worst && terminal::Interruption::happened())
        return {"interrupted", terminal::exit_interrupted};
    return worst;
}

Outcome upload_folder(Session& session, const std::filesystem::path& folder,
                      const std::string& into, const Manner& manner,
                      const std::function<void(const std::string&)>& tell) {
    namespace fs = std::filesystem;
    // An asterisk: the folder may be there already, and one that cannot be made is missed later.
    session.command({"*MKD " + into});
    Outcome worst;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        if (terminal::Interruption::happened())
            return {"interrupted", terminal::exit_interrupted};
        const std::string remote = resolved(into, at->path().lexically_relative(folder).string());
        std::error_code none;
        if (at->is_directory(none) && !at->is_symlink(none))
            session.command({"*MKD " + remote});
        if (!at->is_regular_file(none))
            continue;
        Outcome outcome = upload(session, at->path(), remote, manner);
        tell(printable(remote) + (outcome ? "" : ": " + printable(outcome.complaint)));
        if (outcome.exit_code > worst.exit_code)
            worst = std::move(outcome);
    }
    return error ? Outcome{printable(error.message()), exit_failed} : worst;
}

} // namespace tern::ftp_client
