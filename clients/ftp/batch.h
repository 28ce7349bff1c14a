#pragma once
// Many files at once: whole folders, and several transfers in parallel.

#include "clients/ftp/transfer.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tern::ftp_client {

struct Job {
    std::string remote;
    std::filesystem::path local;
};

/// Every file below `folder`, with the local folders made. Names that are not fit for local files
/// are left out, and `tell` is told so.
Outcome plan_folder(Session& session, const std::string& folder, const std::filesystem::path& into,
                    std::vector<Job>& jobs, const std::function<void(const std::string&)>& tell);

/// Downloads by as many sessions as `options.parallel`; `tell` is told of each file, by one thread
/// at a time. Returns the worst outcome.
Outcome run_parallel(const Account& account, const Options& options, const Manner& manner,
                     const std::vector<Job>& jobs,
                     const std::function<void(const std::string&)>& tell);

/// Uploads every file below a local folder into `into`, one after the other, with the folders made
/// there. Links to folders are not followed. Returns the worst outcome.
Outcome upload_folder(Session& session, const std::filesystem::path& folder,
                      const std::string& into, const Manner& manner,
                      const std::function<void(const std::string&)>& tell);

} // namespace tern::ftp_client
