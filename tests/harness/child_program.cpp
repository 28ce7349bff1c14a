#include "tests/harness/child_program.h"

#include "tests/harness/process_facts.h"
#include "tests/harness/temporary_folder.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <system_error>

namespace tern::test {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::system_category(), what);
}

UniqueFd create(const std::filesystem::path& file) {
    UniqueFd descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!descriptor)
        fail(file.c_str());
    return descriptor;
}

/// In the forked child: only what is safe between fork and exec.
[[noreturn]] void become(const Launch& launch, char* const* arguments, int output, int errors) {
    constexpr int cannot_start = 127;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct sigaction usual = {}; // we may ignore it; whether the server does is its own business
    usual.sa_handler = SIG_DFL;
    ::sigaction(SIGPIPE, &usual, nullptr);
    if (launch.descriptors > 0) {
        const rlimit limit = {launch.descriptors, launch.descriptors};
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::dup2(errors, STDERR_FILENO) < 0)
        ::_exit(cannot_start);
    ::execv(arguments[0], arguments);
    ::_exit(cannot_start);
}

} // namespace

std::filesystem::path binaries() {
    const char* const folder = std::getenv("TERN_BINARIES");
    return std::filesystem::absolute(folder != nullptr ? folder : "build/release/bin");
}

ChildProgram::ChildProgram(const Launch& launch, const std::filesystem::path& folder)
    : output_(folder / "output"), errors_(folder / "errors") {
    std::string program = (binaries() / launch.program).string(); // absolute paths stay
    std::vector<std::string> words = launch.arguments;
    std::vector<char*> arguments = {program.data()};
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    const UniqueFd output = create(output_);
    const UniqueFd errors = create(errors_);
    pid_ = ::fork();
    if (pid_ < 0)
        fail("fork");
    if (pid_ == 0)
        become(launch, arguments.data(), output.get(), errors.get());
    handle_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!handle_)
        fail("pidfd_open");
}

ChildProgram::~ChildProgram() {
    if (exit_)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void ChildProgram::signal(int number) const {
    if (!exit_)
        ::kill(pid_, number);
}

bool ChildProgram::is_over() const {
    pollfd interest = {handle_.get(), POLLIN, 0};
    return exit_ || ::poll(&interest, 1, 0) > 0;
}

Exit ChildProgram::wait_for_exit(const Deadline& deadline) {
    if (exit_)
        return *exit_;
    if (!becomes_ready(handle_.get(), POLLIN, deadline))
        throw TooLate("the end of process " + std::to_string(pid_) + "; it said: " + errors() +
                      "what there is:" + doings_of(pid_));
    int status = 0;
    ::waitpid(pid_, &status, 0);
    exit_ = WIFSIGNALED(status) ? Exit{-1, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
    return *exit_;
}

std::string ChildProgram::output() const { return read_file(output_); }

std::string ChildProgram::errors() const { return read_file(errors_); }

} // namespace tern::test
