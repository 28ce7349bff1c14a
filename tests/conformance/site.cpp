#include "tests/conformance/site.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <random>
#include <stdexcept>

namespace tern::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t changed_at = 1'000'000'000; // last_modified

void set_time(const fs::path& file) {
    const timespec times[2] = {{changed_at, 0}, {changed_at, 0}};
    if (::utimensat(AT_FDCWD, file.c_str(), times, 0) != 0)
        throw std::runtime_error("utimensat");
}

} // namespace

std::string random_bytes(std::size_t count) {
    std::mt19937_64 generator(count);
    std::string bytes;
    bytes.reserve(count + sizeof(std::uint64_t));
    while (bytes.size() < count) {
        const std::uint64_t word = generator();
        bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    bytes.resize(count);
    return bytes;
}

Site::Site() : certificate_(test::make_certificate(folder_.path())) {
    fs::create_directory(root());
    for (const SizedFile& file : sized_files)
        add(file.path, random_bytes(file.size));
    add_pages();
    add_traps();
}

void Site::add(const std::string& path, std::string content) {
    const fs::path file = root() / path;
    fs::create_directories(file.parent_path());
    test::write_file(file, content);
    set_time(file);
    contents_[path] = std::move(content);
}

void Site::add_pages() {
    add("index.html", "<h1>the start</h1>\n");
    add("folder/index.html", "<h1>a folder</h1>\n");
    add("folder/below/page.html", "<p>below</p>\n");
    add("two words/index.html", "<h1>a name with a blank</h1>\n");
    fs::create_directory(root() / "no_index");
    for (const char* const name :
         {"style.css", "script.js", "data.json", "text.txt", "picture.png", "drawing.svg",
          "program.wasm", "UPPER.HTML", "unknown.qqq", "no_extension", "archive.tar.gz"})
        add(name, std::string("this is ") + name + '\n');
    add("a b+c.txt", "blank and plus\n");
    add("\xc3\xbc.txt", "u with dots, in UTF-8\n");
    add("percent%41.txt", "a name with a percent sign\n");
    fs::create_symlink("text.txt", root() / "link_inside.txt");
}

void Site::add_traps() {
    fs::create_directory(secret_file().parent_path());
    test::write_file(secret_file(), secret);
    fs::create_symlink("../site-secret/secret.txt", root() / "link_outside.txt");
    fs::create_symlink(secret_file(), root() / "link_absolute.txt");
    fs::create_symlink("../site-secret", root() / "folder_outside");
    fs::create_symlink("/", root() / "slash");
    fs::create_symlink("loop_b", root() / "loop_a");
    fs::create_symlink("loop_a", root() / "loop_b");
    if (::mkfifo((root() / "fifo").c_str(), 0644) != 0)
        throw std::runtime_error("mkfifo");
}

const Site& site() {
    static const Site instance;
    return instance;
}

} // namespace tern::conformance
