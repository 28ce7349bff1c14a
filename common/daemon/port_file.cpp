#include "common/daemon/port_file.h"

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace tern::daemon {
namespace {

/// A neighbour of the file, gone unless it takes the file's name.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::filesystem::path& target)
        : target_(target), path_(fmt::format("{}.{}", target.string(), ::getpid())),
          file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                       S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)) {
        require(static_cast<bool>(file_));
    }
    ~TemporaryFile() {
        if (file_)
            ::unlink(path_.c_str());
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    void write(const std::string& text) {
        require(::write(file_.get(), text.data(), text.size()) ==
                static_cast<ssize_t>(text.size()));
    }

    void take_name() {
        require(::rename(path_.c_str(), target_.c_str()) == 0);
        file_.reset();
    }

private:
    void require(bool done) const {
        if (!done)
            throw std::system_error(last_error(), "port file " + target_.string());
    }

    std::filesystem::path target_;
    std::string path_;
    UniqueFd file_;
};

} // namespace

void write_port_file(const std::filesystem::path& file, std::span<const net::Listener> listeners,
                     std::span<const net::DatagramSocket> datagrams, const net::Listener* metrics) {
    std::string text;
    const auto add = [&text](const auto& one) {
        text += fmt::format("{} {} {}\n", one.name(), one.address().host(), one.address().port());
    };
    for (const net::Listener& listener : listeners)
        add(listener);
    for (const net::DatagramSocket& socket : datagrams)
        add(socket);
    if (metrics != nullptr)
        add(*metrics);
    TemporaryFile temporary(file);
    temporary.write(text);
    temporary.take_name();
}

std::map<std::string, std::uint16_t> read_port_file(const std::filesystem::path& file) {
    std::ifstream lines(file);
    std::map<std::string, std::uint16_t> ports;
    std::string line;
    while (std::getline(lines, line)) { // a Unix socket's path may have spaces
        const std::size_t last = line.rfind(' ');
        std::uint16_t port = 0;
        if (last == std::string::npos ||
            std::from_chars(line.data() + last + 1, line.data() + line.size(), port).ec !=
                std::errc())
            break;
        ports.insert_or_assign(line.substr(0, line.find(' ')), port);
    }
    if (!lines.eof() || ports.empty())
        throw std::runtime_error(
            fmt::format("port file {}: cannot be read, or is none", file.string()));
    return ports;
}

} // namespace tern::daemon
