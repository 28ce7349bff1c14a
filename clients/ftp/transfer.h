#pragma once
// Moves one file, in whole or what is missing of it.

#include "clients/ftp/session.h"
#include "common/terminal/progress_bar.h"

#include <cstdio>
#include <filesystem>
#include <string>

namespace tern::ftp_client {

struct Manner {
    bool resumes = false;
    bool verifies = true;
    std::FILE* progress = stderr; ///< null: none is shown
};

/// Whether the server tells digests.
bool can_verify(Session& session);

/// From `remote`, a path, to `local`, a file, which is there when it is whole.
Outcome download(Session& session, const std::string& remote, const std::filesystem::path& local,
                 const Manner& manner);

/// What is there of it already is kept if `manner.resumes`, and if it was the beginning of another
/// file, as far as digests can tell, the whole is sent.
Outcome upload(Session& session, const std::filesystem::path& local, const std::string& remote,
               const Manner& manner);

} // namespace tern::ftp_client
