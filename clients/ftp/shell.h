#pragma once
// The interactive session: a prompt, and a command after the other.

#include "clients/ftp/batch.h"
#include "clients/ftp/session.h"
#include "common/terminal/paint.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp_client {

class Shell {
public:
    Shell(Account account, const Options& options);

    /// Until the end; returns the exit code, which for a script is that of the last command that
    /// failed: a person has seen it.
    int run();

private:
    struct Command;
    using Words = std::vector<std::string>;
    static std::span<const Command> commands() noexcept;
    static const Command* find(std::string_view name) noexcept;

    void show_menu() const;
    void obey(const Words& words);
    std::vector<std::string> complete(std::string_view line, std::size_t word);
    std::string remote(const std::string& path) const;
    std::vector<RemoteEntry> matching(const Words& words, Outcome& outcome);
    Manner manner(bool resumes) const;

    Outcome list(const Words& words);
    Outcome change_folder(const Words& words);
    Outcome print_folder(const Words& words);
    Outcome get(const Words& words);
    Outcome put(const Words& words);
    Outcome get_many(const Words& words);
    Outcome put_many(const Words& words);
    Outcome remove(const Words& words);
    Outcome make_folder(const Words& words);
    Outcome remove_folder(const Words& words);
    Outcome rename(const Words& words);
    Outcome show_file(const Words& words);
    Outcome local_folder(const Words& words);
    Outcome help(const Words& words);
    Outcome quit(const Words& words);

    const Options options_;
    Session session_;
    const terminal::Paint paint_;
    std::string folder_ = "/";
    std::vector<RemoteEntry> known_; ///< of the folder, for completion
    bool is_over_ = false;
    int failure_ = 0; ///< exit code of the last command that failed
};

} // namespace tern::ftp_client
