#pragma once
// A running server under test.

#include "tests/harness/child_program.h"
#include "tests/harness/endpoint.h"
#include "tests/harness/temporary_folder.h"

#include <string_view>
#include <vector>

namespace tern::test {

class ServerProcess {
public:
    /// Starts the server with --port-file and waits until it listens. Throws std::runtime_error
    /// with what it printed if it ends instead.
    explicit ServerProcess(Launch launch);

    const std::vector<Endpoint>& endpoints() const noexcept { return endpoints_; }
    /// By the listener's name. Throws std::out_of_range.
    const Endpoint& endpoint(std::string_view name) const;

    pid_t pid() const noexcept { return program_.pid(); }
    void signal(int number) const { program_.signal(number); }
    bool is_over() const { return program_.is_over(); }
    Exit wait_for_exit(const Deadline& deadline = Deadline()) {
        return program_.wait_for_exit(deadline);
    }
    /// What it has written to standard error, its log among it.
    std::string log() const { return program_.errors(); }
    std::string output() const { return program_.output(); }

private:
    void wait_until_listening();

    TemporaryFolder folder_;
    std::filesystem::path port_file_;
    ChildProgram program_;
    std::vector<Endpoint> endpoints_;
};

} // namespace tern::test
