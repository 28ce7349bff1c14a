#include "tests/harness/server_process.h"

#include <poll.h>
#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tern::test {
namespace {

Launch with_port_file(Launch launch, const std::filesystem::path& file) {
    launch.arguments.insert(launch.arguments.end(), {"--port-file", file.string()});
    return launch;
}

std::vector<Endpoint> parse(const std::vector<std::string>& lines) {
    std::vector<Endpoint> endpoints;
    for (const std::string& line : lines) {
        Endpoint endpoint;
        std::istringstream words(line);
        if (!(words >> endpoint.name >> endpoint.address >> endpoint.port))
            throw std::runtime_error("not a line of a port file: " + line);
        endpoints.push_back(std::move(endpoint));
    }
    return endpoints;
}

/// Waits for a file to appear in a folder, or for a process to end.
class FolderWatch {
public:
    explicit FolderWatch(const std::filesystem::path& folder)
        : notifications_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
        if (::inotify_add_watch(notifications_.get(), folder.c_str(),
                                IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
            throw std::system_error(errno, std::system_category(), "inotify");
    }

    void wait(int process, const Deadline& deadline) {
        std::array<pollfd, 2> interests = {pollfd{notifications_.get(), POLLIN, 0},
                                           pollfd{process, POLLIN, 0}};
        ::poll(interests.data(), interests.size(), deadline.poll_timeout());
        std::array<char, 4096> ignored;
        [[maybe_unused]] const ssize_t got =
            ::read(notifications_.get(), ignored.data(), ignored.size());
    }

private:
    UniqueFd notifications_;
};

} // namespace

ServerProcess::ServerProcess(Launch launch)
    : port_file_(folder_ / "ports"),
      program_(with_port_file(std::move(launch), port_file_), folder_.path()) {
    wait_until_listening();
    endpoints_ = parse(lines_of(port_file_));
}

void ServerProcess::wait_until_listening() {
    FolderWatch watch(folder_.path()); // before the first look, so that no change is missed
    const Deadline deadline;
    while (!std::filesystem::exists(port_file_)) {
        if (program_.is_over()) {
            const Exit exit = program_.wait_for_exit();
            throw std::runtime_error("the server ended at its start, exit code " +
                                     std::to_string(exit.code) + ", and said: " + log());
        }
        if (deadline.is_over())
            throw TooLate("a listening server; it said: " + log());
        watch.wait(program_.descriptor(), deadline);
    }
}

const Endpoint& ServerProcess::endpoint(std::string_view name) const {
    for (const Endpoint& endpoint : endpoints_)
        if (endpoint.name == name)
            return endpoint;
    throw std::out_of_range("no listener " + std::string(name));
}

} // namespace tern::test
