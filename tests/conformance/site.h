#pragma once
// The pages that all servers under test show, and secrets beside them that none may show.

#include "tests/harness/certificate.h"
#include "tests/harness/temporary_folder.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace tern::conformance {

/// Seeded by their number: the same in each run.
std::string random_bytes(std::size_t count);

class Site {
public:
    /// All files were last changed at this time.
    static constexpr std::string_view last_modified = "Sun, 09 Sep 2001 01:46:40 GMT";
    static constexpr std::string_view secret = "nobody outside may read this";

    Site();

    std::filesystem::path root() const { return folder_ / "site"; }
    /// Outside of the root: "site-secret/secret.txt" beside it.
    std::filesystem::path secret_file() const { return folder_ / "site-secret/secret.txt"; }
    const test::Certificate& certificate() const { return certificate_; }

    /// Of a file by its path below the root.
    const std::string& content(const std::string& path) const { return contents_.at(path); }

private:
    void add(const std::string& path, std::string content);
    void add_pages();
    void add_traps();

    test::TemporaryFolder folder_;
    test::Certificate certificate_;
    std::map<std::string, std::string> contents_;
};

/// Made once for a test run; read-only.
const Site& site();

/// Files of random bytes, by their path below the root.
struct SizedFile {
    const char* path;
    std::size_t size;
};
inline constexpr SizedFile sized_files[] = {
    {"empty.bin", 0},    {"one.bin", 1},       {"1k.bin", 1024},          {"64k.bin", 65536},
    {"64k1.bin", 65537}, {"100k.bin", 102400}, {"10m.bin", 10 * 1048576},
};

} // namespace tern::conformance
