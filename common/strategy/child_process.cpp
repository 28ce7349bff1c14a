#include "common/strategy/child_process.h"

#include "common/base/result.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <system_error>

namespace tern::strategy {
namespace {

[[noreturn]] void be_child(const std::function<void()>& body, pid_t parent, Log& log) {
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(SIGTERM, &standard, nullptr);
    struct sigaction ignored = {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &ignored, nullptr); // a terminal sends it to all; the parent decides
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) // it died before we asked to be told
        ::_exit(1);
    int status = 0;
    try {
        body();
    } catch (const std::exception& error) {
        log.error("child process: {}", error.what());
        status = 1;
    }
    ::_exit(status);
}

void report(pid_t pid, const siginfo_t& end, Log& log) {
    if (end.si_code == CLD_EXITED && end.si_status == 0)
        return;
    if (end.si_code == CLD_EXITED) {
        log.error("child {} failed with status {}", pid, end.si_status);
        return;
    }
    const char* const name = ::sigabbrev_np(end.si_status); // real-time signals have none
    log.warning("child {} was killed by signal {} ({})", pid, end.si_status,
                name != nullptr ? name : "?");
}

} // namespace

ChildProcess ChildProcess::start(const std::function<void()>& body, Log& log) {
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        throw std::system_error(last_error(), "fork");
    if (pid == 0)
        be_child(body, parent, log);
    ChildProcess child(pid, parent);
    // Nobody else reaps it, so its number is still its own.
    child.handle_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!child.handle_)
        throw std::system_error(last_error(), "pidfd_open");
    return child;
}

ChildProcess::~ChildProcess() {
    if (pid_ <= 0 || parent_ != ::getpid())
        return;
    ::kill(pid_, SIGKILL);
    siginfo_t end = {};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED) != 0 && errno == EINTR) {
    }
}

Task<void> ChildProcess::end(Log& log) {
    std::array<pollfd, 1> interests = {pollfd{handle_.get(), POLLIN, 0}};
    Wait wait;
    wait.interests = interests;
    siginfo_t end = {};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG) == 0 &&
           end.si_pid != pid_)
        co_await until(wait);
    report(pid_, end, log);
    pid_ = -1;
}

} // namespace tern::strategy
