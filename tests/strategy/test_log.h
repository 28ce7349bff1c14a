#pragma once
// A log that a test can read.

#include "tests/harness/temporary_folder.h"

#include "common/base/log.h"

#include <string>

namespace tern::test {

class TestLog {
public:
    TestLog() : log_(settings(folder_)) {}

    Log& log() noexcept { return log_; }
    /// All that was logged.
    std::string text() const { return read_file(folder_ / "log"); }
    bool says(std::string_view words) const { return text().find(words) != std::string::npos; }
    std::size_t lines() const { return lines_of(folder_ / "log").size(); }

private:
    static LogSettings settings(const TemporaryFolder& folder) {
        LogSettings settings;
        settings.level = LogLevel::debug;
        settings.file = (folder / "log").string();
        settings.server = "test";
        return settings;
    }
    TemporaryFolder folder_;
    Log log_;
};

} // namespace tern::test
