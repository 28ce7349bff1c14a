#include "clients/ftp/scripted.h"

#include "clients/ftp/batch.h"
#include "clients/ftp/exit_code.h"
#include "clients/ftp/password.h"
#include "clients/ftp/remote_path.h"
#include "common/base/escape.h"
#include "common/terminal/interruption.h"

#include <algorithm>
#include <iostream>

namespace tern::ftp_client {
namespace {

void tell(const std::string& line) { std::cerr << "tern-ftp: " << line << '\n'; }

int conclude(const std::string& what, const Outcome& outcome) {
    if (!outcome)
        tell(printable(what) + ": " + printable(outcome.complaint));
    return outcome.exit_code;
}

Account account_of(const std::string& url, const Options& options) {
    Account account = account_from(url, options);
    complete_password(account);
    return account;
}

Outcome get_folder(Session& session, const Options& options, const Manner& manner) {
    const std::string folder = resolved("/", session.account().path);
    const std::string name(last_part_of(folder));
    std::filesystem::path into = options.folder;
    if (folder != "/" && is_safe_name(name))
        into /= name;
    std::vector<Job> jobs;
    Outcome outcome = plan_folder(session, folder, into, jobs, tell);
    if (!outcome)
        return outcome;
    Manner quiet = manner;
    quiet.progress = nullptr;
    return run_parallel(session.account(), options, quiet, jobs, tell);
}

Outcome get(const std::string& url, const Options& options, const Manner& manner) {
    Session session(account_of(url, options), options);
    const std::string path = session.account().path;
    if (options.recursive && path.ends_with('/'))
        return get_folder(session, options, manner);
    const std::string name(last_part_of(path));
    if (path.ends_with('/') || !is_safe_name(name))
        return {"this is a folder: --recursive brings it", exit_failed};
    return download(session, path, std::filesystem::path(options.folder) / name, manner);
}

Outcome put(const std::string& file, Session& session, const Options& options,
            const Manner& manner) {
    std::string path = session.account().path;
    if (path.ends_with('/'))
        path += last_part_of(file);
    std::error_code none;
    if (!std::filesystem::is_directory(file, none))
        return upload(session, file, path, manner);
    if (!options.recursive)
        return {"this is a folder: --recursive sends it", exit_failed};
    Manner quiet = manner;
    quiet.progress = nullptr;
    return upload_folder(session, file, resolved("/", path), quiet, tell);
}

int list(const Options& options) {
    const std::string& url = options.words.back();
    Session session(account_of(url, options), options);
    std::vector<RemoteEntry> entries;
    const Outcome outcome = session.list(resolved("/", session.account().path), entries);
    std::cout << listing_view(entries);
    return conclude(url, outcome);
}

} // namespace

int run_scripted(const Options& options) {
    const terminal::Interruption interruption;
    const Manner manner{options.resume, options.verify, stderr};
    const std::vector<std::string>& words = options.words;
    if (words.front() == "ls")
        return list(options);
    int worst = exit_done;
    if (words.front() == "get") {
        for (std::size_t i = 1; i < words.size() && !terminal::Interruption::happened(); ++i)
            worst = std::max(worst, conclude(words[i], get(words[i], options, manner)));
        return worst;
    }
    Session session(account_of(words.back(), options), options);
    for (std::size_t i = 1; i + 1 < words.size() && !terminal::Interruption::happened(); ++i)
        worst = std::max(worst, conclude(words[i], put(words[i], session, options, manner)));
    return worst;
}

} // namespace tern::ftp_client
