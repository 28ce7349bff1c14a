#pragma once
// A folder of a test's own, gone when the test is over; and the files in it.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tern::test {

class TemporaryFolder {
public:
    /// Throws std::system_error.
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// Throws std::runtime_error that names the file.
void write_file(const std::filesystem::path& file, std::string_view text);
/// Empty if there is no such file.
std::string read_file(const std::filesystem::path& file);
std::vector<std::string> lines_of(const std::filesystem::path& file);

} // namespace tern::test
