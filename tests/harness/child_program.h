#pragma once
// A program that a test runs: its arguments, its limits, what it prints, how it ends.

#include "common/base/unique_fd.h"
#include "tests/harness/patience.h"

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tern::test {

struct Launch {
    std::string program;                ///< a name in $TERN_BINARIES, or a path
    std::vector<std::string> arguments; ///< without the program's own name
    rlim_t descriptors = 0;             ///< RLIMIT_NOFILE, soft and hard; 0: as ours
};

/// How a process ended.
struct Exit {
    int code = -1;  ///< -1: killed
    int signal = 0; ///< 0: not killed

    friend bool operator==(const Exit&, const Exit&) = default;
};

/// Where the programs under test are.
std::filesystem::path binaries();

class ChildProgram {
public:
    /// Starts it, with its standard output and error going to files in `folder`, which outlives
    /// it. It dies with the thread that started it. Throws std::system_error.
    ChildProgram(const Launch& launch, const std::filesystem::path& folder);
    /// Kills it, if it still runs.
    ~ChildProgram();
    ChildProgram(const ChildProgram&) = delete;
    ChildProgram& operator=(const ChildProgram&) = delete;

    pid_t pid() const noexcept { return pid_; }
    /// Becomes readable when the process ends.
    int descriptor() const noexcept { return handle_.get(); }
    void signal(int number) const;

    bool is_over() const;
    /// Throws TooLate.
    Exit wait_for_exit(const Deadline& deadline = Deadline());

    std::string output() const;
    std::string errors() const;

private:
    std::filesystem::path output_;
    std::filesystem::path errors_;
    pid_t pid_ = -1;
    UniqueFd handle_;
    std::optional<Exit> exit_;
};

} // namespace tern::test
