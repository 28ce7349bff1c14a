#include "common/files/beneath.h"

#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <fcntl.h>

#include <filesystem>

using namespace tern;
using files::open_beneath;
using files::Symlinks;

TEST_SUITE("files/beneath") {
    TEST_CASE("nothing leads out of the folder") {
        const test::TemporaryFolder outside;
        test::write_file(outside / "secret", "s");
        std::filesystem::create_directories(outside / "root/below");
        test::write_file(outside / "root/below/file", "f");
        std::filesystem::create_symlink("../secret", outside / "root/out");
        std::filesystem::create_symlink("below/file", outside / "root/in");
        const UniqueFd root(::open((outside / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));

        for (const char* const path : {"below/file", "below/../below/file", "in", "", "below/.."})
            CHECK(open_beneath(root.get(), path, Symlinks::within_root, O_RDONLY).has_value());
        for (const char* const path :
             {"../secret", "out", "below/../../secret", "/etc/passwd", ".."})
            CHECK_FALSE(
                open_beneath(root.get(), path, Symlinks::within_root, O_RDONLY).has_value());
        CHECK_FALSE(open_beneath(root.get(), "in", Symlinks::none, O_RDONLY).has_value());
        CHECK_FALSE(
            open_beneath(root.get(), std::string_view("in\0x", 4), Symlinks::within_root, O_RDONLY)
                .has_value());
    }
}
