// What the commands of the interactive session do.

#include "clients/ftp/exit_code.h"
#include "clients/ftp/remote_path.h"
#include "clients/ftp/shell.h"
#include "common/base/escape.h"
#include "common/base/result.h"
#include "common/terminal/readable_text.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace tern::ftp_client {
namespace {

constexpr std::size_t longest_text = 4 * 1024 * 1024; ///< that `cat` shows

std::size_t take_text(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& text = *static_cast<std::string*>(self);
    if (text.size() + size > longest_text)
        return 0;
    text.append(data, size);
    return size;
}

void tell(const std::string& line) { std::cout << line << '\n' << std::flush; }

} // namespace

std::string Shell::remote(const std::string& path) const { return resolved(folder_, path); }

Manner Shell::manner(bool resumes) const {
    Manner manner;
    manner.resumes = resumes;
    manner.verifies = options_.verify;
    return manner;
}

Outcome Shell::list(const Words& words) {
    const std::string folder = words.size() > 1 ? remote(words[1]) : folder_;
    std::vector<RemoteEntry> entries;
    Outcome outcome = session_.list(folder, entries);
    std::cout << listing_view(entries);
    if (outcome && folder == folder_)
        known_ = std::move(entries);
    return outcome;
}

Outcome Shell::change_folder(const Words& words) {
    const std::string folder = words.size() > 1 ? remote(words[1]) : "/";
    Outcome outcome = session_.command({"CWD " + folder, "CWD /"});
    if (!outcome)
        return outcome;
    folder_ = folder;
    return session_.list(folder_, known_);
}

Outcome Shell::print_folder(const Words&) {
    tell(printable(folder_));
    return {};
}

Outcome Shell::get(const Words& words) {
    const std::string path = remote(words[1]);
    const std::string name(words.size() > 2 ? words[2] : last_part_of(path));
    if (words.size() <= 2 && !is_safe_name(name))
        return {"say what to call it here: get FILE NAME", exit_failed};
    Outcome outcome = download(session_, path, name, manner(true));
    if (outcome)
        tell(fmt::format("{} is here", printable(name)));
    return outcome;
}

Outcome Shell::put(const Words& words) {
    const std::string& local = words[1];
    const std::string path = remote(words.size() > 2 ? words[2] : std::string(last_part_of(local)));
    // A file there that is shorter need not be the beginning of this one.
    const bool resumes = options_.verify && can_verify(session_);
    std::error_code none;
    if (std::filesystem::is_directory(local, none)) {
        Manner quiet = manner(resumes);
        quiet.progress = nullptr;
        return upload_folder(session_, local, path, quiet, tell);
    }
    Outcome outcome = upload(session_, local, path, manner(resumes));
    if (outcome)
        tell(fmt::format("{} is there", printable(path)));
    return outcome;
}

std::vector<RemoteEntry> Shell::matching(const Words& words, Outcome& outcome) {
    outcome = session_.list(folder_, known_);
    std::vector<RemoteEntry> found;
    std::copy_if(known_.begin(), known_.end(), std::back_inserter(found),
                 [&](const RemoteEntry& entry) {
                     return std::any_of(words.begin() + 1, words.end(), [&](std::string pattern) {
                         if (pattern.size() > 1 && pattern.ends_with('/'))
                             pattern.pop_back();
                         return ::fnmatch(pattern.c_str(), entry.name.c_str(), 0) == 0;
                     });
                 });
    if (outcome && found.empty())
        outcome = {"there is nothing like that", exit_failed};
    return found;
}

Outcome Shell::get_many(const Words& words) {
    Outcome outcome;
    const std::vector<RemoteEntry> found = matching(words, outcome);
    std::vector<Job> jobs;
    for (const RemoteEntry& entry : found) {
        if (!is_safe_name(entry.name))
            tell("left out, for its name: " + printable(entry.name));
        else if (!entry.is_folder)
            jobs.push_back({remote(entry.name), entry.name});
        else if (outcome)
            outcome = plan_folder(session_, remote(entry.name), entry.name, jobs, tell);
    }
    if (!outcome)
        return outcome;
    Manner quiet = manner(true);
    quiet.progress = nullptr;
    return run_parallel(session_.account(), options_, quiet, jobs, tell);
}

Outcome Shell::put_many(const Words& words) {
    Outcome worst;
    for (const std::string& file : Words(words.begin() + 1, words.end())) {
        Outcome outcome = put({"put", file});
        if (!outcome)
            tell(printable(file) + ": " + printable(outcome.complaint));
        if (outcome.exit_code > worst.exit_code)
            worst = {"not all were sent", outcome.exit_code};
    }
    return worst;
}

Outcome Shell::remove(const Words& words) { return session_.command({"DELE " + remote(words[1])}); }

Outcome Shell::make_folder(const Words& words) {
    return session_.command({"MKD " + remote(words[1])});
}

Outcome Shell::remove_folder(const Words& words) {
    return session_.command({"RMD " + remote(words[1])});
}

Outcome Shell::rename(const Words& words) {
    return session_.command({"RNFR " + remote(words[1]), "RNTO " + remote(words[2])});
}

Outcome Shell::show_file(const Words& words) {
    std::string text;
    CURL* const handle = session_.prepare(remote(words[1]));
    curl::require(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_text));
    curl::require(curl_easy_setopt(handle, CURLOPT_WRITEDATA, &text));
    Outcome outcome = session_.perform();
    if (terminal::looks_binary(text))
        return {"this is data, not text", exit_failed};
    std::cout << terminal::readable_text(text);
    if (!text.empty() && !text.ends_with('\n'))
        std::cout << '\n';
    return outcome;
}

Outcome Shell::local_folder(const Words& words) {
    std::error_code error;
    if (words.size() > 1)
        std::filesystem::current_path(words[1], error);
    if (error)
        return {error.message(), exit_failed};
    tell(std::filesystem::current_path(error).string());
    return {};
}

} // namespace tern::ftp_client
