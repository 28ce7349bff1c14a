// Uploads over a disk that fails, or a process that ends, at every operation.

#include "servers/ftp/upload.h"
#include "tests/ftp/faulty_disk.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

using namespace tern;
using namespace tern::ftp;
using test::DiskFault;
using test::FaultyDisk;

namespace {

const std::string content = std::string(450, 'n') + "ew";

class Library {
public:
    Library()
        : descriptor_(::open(folder_.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
          home_(descriptor_.get()) {}

    const Home& home() const noexcept { return home_; }
    void put(const std::string& name, const std::string& text) {
        test::write_file(folder_ / name, text);
    }
    std::string text(const std::string& name) const { return test::read_file(folder_ / name); }
    bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            all.push_back(entry.path().filename());
        std::sort(all.begin(), all.end());
        return all;
    }
    const std::filesystem::path& path() const { return folder_.path(); }

private:
    test::TemporaryFolder folder_;
    UniqueFd descriptor_;
    Home home_;
};

Result<void> copy_all(Upload& upload) {
    while (upload.has_to_copy()) {
        const Result<void> copied = upload.copy_some();
        if (!copied)
            return copied;
    }
    return {};
}

Result<void> publish(Upload& upload) {
    const Result<void> prepared = upload.prepare(true);
    return prepared ? upload.commit() : prepared;
}

/// The bytes of "file" from `begin` on become `middle`.
Result<void> upload_range(UploadDisk& disk, const Home& home, std::uint64_t begin,
                          std::string_view middle, Account account = {}) {
    Result<std::unique_ptr<Upload>> begun =
        Upload::begin(disk, home, {"/file", begin, false, begin + middle.size()}, account);
    if (!begun)
        return begun.error();
    Upload& upload = **begun;
    Result<void> done = copy_all(upload);
    if (done)
        done = upload.write(middle);
    if (done)
        done = upload.begin_tail();
    if (done)
        done = copy_all(upload);
    if (done)
        done = publish(upload);
    return done;
}

/// A whole upload to "file".
Result<void> upload(UploadDisk& disk, const Home& home, std::uint64_t kept, bool partial = false,
                    Account account = {}) {
    Result<std::unique_ptr<Upload>> begun =
        Upload::begin(disk, home, {"/file", kept, partial}, account);
    if (!begun)
        return begun.error();
    const Result<void> copied = copy_all(**begun);
    if (!copied)
        return copied;
    const Result<void> written = (*begun)->write(content);
    if (!written) {
        (*begun)->discard();
        return written;
    }
    const Result<void> committed = publish(**begun);
    if (!committed)
        (*begun)->discard();
    return committed;
}

using Names = std::vector<std::string>;

} // namespace

TEST_SUITE("ftp/upload") {
    TEST_CASE("whatever fails, the old file or the new one is there, and nothing else") {
        for (const std::uint64_t kept : {std::uint64_t{0}, std::uint64_t{250}})
            for (int failing = 1;; ++failing) {
                CAPTURE(failing);
                Library library;
                const std::string old(300, 'o');
                library.put("file", old);
                FaultyDisk disk(DiskFault{failing});
                const Result<void> done = upload(disk, library.home(), kept);
                CHECK(library.names() == Names{"file"});
                // The last operation makes the name safe; the file is there by then.
                const std::string whole = old.substr(0, kept) + content;
                CHECK((library.text("file") == whole || (!done && library.text("file") == old)));
                if (!disk.has_failed()) {
                    CHECK(failing > 8);
                    break;
                }
                CHECK(!done);
                CHECK(done.error() == std::errc::no_space_on_device);
            }
    }

    TEST_CASE("whatever fails of a range, the file is as it was or as it shall be") {
        const std::string old(300, 'o');
        const std::string middle(120, 'n');
        const std::string whole = old.substr(0, 100) + middle + old.substr(220);
        for (int failing = 1;; ++failing) {
            CAPTURE(failing);
            Library library;
            library.put("file", old);
            FaultyDisk disk(DiskFault{failing});
            const Result<void> done = upload_range(disk, library.home(), 100, middle);
            CHECK(library.names() == Names{"file"});
            CHECK((library.text("file") == whole || (!done && library.text("file") == old)));
            CHECK(done.has_value() == !disk.has_failed());
            if (done) {
                CHECK(failing > 8);
                break;
            }
        }
    }

    TEST_CASE("a range has its end, at which a file that is shorter ends as well") {
        Library library;
        UploadDisk disk;
        library.put("file", "0123456789");
        auto begun = Upload::begin(disk, library.home(), {"/file", 2, false, 5}, {});
        REQUIRE(begun);
        REQUIRE(copy_all(**begun));
        REQUIRE((*begun)->write("ab"));
        CHECK((*begun)->is_too_short());
        CHECK((*begun)->write("cd").error() == std::errc::message_size);
        REQUIRE((*begun)->write("c"));
        CHECK(!(*begun)->is_too_short());
        begun->reset();
        CHECK(library.text("file") == "0123456789");
        REQUIRE(upload_range(disk, library.home(), 8, "abcd"));
        CHECK(library.text("file") == "01234567abcd");
        REQUIRE(upload_range(disk, library.home(), 0, "ABC"));
        CHECK(library.text("file") == "ABC34567abcd");
    }

    TEST_CASE("a range that breaks does not cost a partial file its tail") {
        Library library;
        UploadDisk disk;
        const UploadWish keeping{"/file", 0, true, std::nullopt};
        for (const std::string text : {"0123456789", "ab"}) {
            UploadWish wish = keeping;
            if (text == "ab")
                wish.end = 5;
            auto begun = Upload::begin(disk, library.home(), wish, {});
            REQUIRE(begun);
            REQUIRE((*begun)->write(text));
        }
        const auto kept = library.home().resumable_status("/file");
        REQUIRE(kept.has_value());
        CHECK(kept->st_size == 10);
    }

    TEST_CASE(
        "a crash leaves the old file or the new one, and at most what the next start removes") {
        for (int failing = 1; failing < 11; ++failing) {
            CAPTURE(failing);
            Library library;
            library.put("file", "old");
            const pid_t child = ::fork();
            if (child == 0) {
                FaultyDisk disk(DiskFault{failing, 0, true});
                const Result<void> done = upload(disk, library.home(), 0);
                ::_exit(done ? 0 : 1);
            }
            int status = 0;
            REQUIRE(::waitpid(child, &status, 0) == child);
            CHECK(status == 0);
            const std::string text = library.text("file");
            CHECK((text == "old" || text == content));
            for (const std::string& name : library.names())
                CHECK((name == "file" || is_reserved_name(name)));
            files::remove_leftovers(library.path());
            CHECK(library.names() == Names{"file"});
        }
    }

    TEST_CASE("what is still being written is no leftover") {
        Library library;
        Result<files::TemporaryFile> file =
            files::create_temporary(library.home().open("/", O_PATH)->get(), 0600);
        REQUIRE(file.has_value());
        CHECK(files::remove_leftovers(library.path()) == 0);
        file->descriptor.reset();
        CHECK(files::remove_leftovers(library.path()) == 1);
    }

    TEST_CASE("a partial file is kept, hidden, gone on from, and gone at the end") {
        Library library;
        UploadDisk disk;
        {
            auto begun = Upload::begin(disk, library.home(), {"/file", 0, true}, {});
            REQUIRE(begun.has_value());
            REQUIRE((*begun)->write("begin"));
        }
        CHECK(library.names() == Names{partial_name("file")});
        CHECK(library.home().status("/file").error() == std::errc::no_such_file_or_directory);
        REQUIRE(library.home().resumable_status("/file").has_value());
        CHECK(library.home().resumable_status("/file")->st_size == 5);
        CHECK(!library.home().open("/" + partial_name("file"), O_RDONLY).has_value());
        REQUIRE(upload(disk, library.home(), 3, true));
        CHECK(library.names() == Names{"file"});
        CHECK(library.text("file") == "beg" + content);
    }

    TEST_CASE("no partial file beside a whole one, nor of what the disk had no room for") {
        Library library;
        library.put("file", "old");
        UploadDisk disk;
        {
            auto begun = Upload::begin(disk, library.home(), {"/file", 0, true}, {});
            REQUIRE(begun.has_value());
            REQUIRE((*begun)->write("begin"));
        }
        CHECK(library.names() == Names{"file"});
        std::filesystem::remove(library.path() / "file");
        FaultyDisk full(DiskFault{3});
        CHECK(!upload(full, library.home(), 0, true));
        CHECK(library.names().empty());
    }

    TEST_CASE("a folder with nothing but remains can be removed, and a partial file deleted") {
        Library library;
        std::filesystem::create_directory(library.path() / "folder");
        library.put("folder/" + partial_name("a"), "x");
        library.put("folder/.tern-upload-0123456789abcdef", "x");
        CHECK(library.home().remove_folder("/folder").has_value());
        library.put(partial_name("b"), "x");
        CHECK(library.home().remove_file("/b").has_value());
        CHECK(library.names().empty());
        CHECK(!library.home().remove_file("/b").has_value());
    }

    TEST_CASE("two uploads of one name do not mix: the last one to end wins") {
        Library library;
        UploadDisk disk;
        auto one = Upload::begin(disk, library.home(), {"/file", 0, false}, {});
        auto other = Upload::begin(disk, library.home(), {"/file", 0, false}, {});
        REQUIRE((*one)->write("one"));
        REQUIRE((*other)->write("other"));
        REQUIRE((*other)->commit());
        CHECK(library.text("file") == "other");
        REQUIRE((*one)->commit());
        CHECK(library.text("file") == "one");
        CHECK(library.names() == Names{"file"});
    }
}

TEST_SUITE("ftp/account") {
    TEST_CASE("a quota counts what is stored, replaced, kept and deleted") {
        Library library;
        library.put("old", std::string(100, 'o'));
        Ledger ledger;
        AccountLimits limits;
        limits.bytes = 1000;
        limits.files = 2;
        Account account(ledger.page_of("bob"), limits);
        account.count_stored(library.home().open("/", O_RDONLY)->get());
        UploadDisk disk;
        REQUIRE(upload(disk, library.home(), 0, false, account)); // 552
        CHECK(account.take(448, 0));
        CHECK(!account.take(1, 0));
        account.give_back(448, 0);
        // A third file; replacing needs room for both until the end, too.
        auto third = Upload::begin(disk, library.home(), {"/third", 0, false}, account);
        CHECK(third.error() == std::error_code(EDQUOT, std::system_category()));
        account.give_back(0, 1);
        CHECK(upload(disk, library.home(), 0, false, account).error() ==
              std::error_code(EDQUOT, std::system_category()));
        CHECK(library.text("file") == content);
        account.give_back(100, 0);
        REQUIRE(upload(disk, library.home(), 0, false, account));
        REQUIRE(upload_range(disk, library.home(), 2, "within", account));
        CHECK(account.take(548, 0));
        CHECK(!account.take(1, 0));
        account.give_back(548, 0);
        REQUIRE(upload_range(disk, library.home(), 450, std::string(102, 'x'), account));
        CHECK(account.take(448, 0));
        CHECK(!account.take(1, 0));
    }

    TEST_CASE("what a link leads to stays, whatever happens to the link") {
        Library library;
        library.put("old", std::string(100, 'o'));
        Ledger ledger;
        AccountLimits limits;
        limits.bytes = 1000;
        limits.files = 3;
        Account account(ledger.page_of("bob"), limits);
        account.count_stored(library.home().open("/", O_PATH)->get());
        CHECK(account.room() == 900U);
        UploadDisk disk;
        const auto link = [&] { std::filesystem::create_symlink("old", library.path() / "file"); };
        link();
        CHECK(library.home().remove_file("/file")->files == 0);
        link();
        library.put("other", "");
        CHECK(library.home().rename("/other", "/file")->files == 0);
        std::filesystem::remove(library.path() / "file");
        link();
        REQUIRE(upload(disk, library.home(), 0, false, account));
        CHECK(account.room() == 900 - content.size());
        // What is kept of it is then there twice.
        std::filesystem::remove(library.path() / "file");
        account.give_back(content.size(), 1);
        link();
        REQUIRE(upload(disk, library.home(), 100, false, account));
        CHECK(account.room() == 900 - 100 - content.size());
        std::filesystem::remove(library.path() / "file");
        account.give_back(100 + content.size(), 1);
        link();
        CHECK(account.take(801, 0)); // not enough for a second copy
        CHECK(upload(disk, library.home(), 100, false, account).error() ==
              std::error_code(EDQUOT, std::system_category()));
        account.give_back(801, 0);
        CHECK(account.room() == 900U);
        CHECK(account.take(0, 2));
        CHECK(!account.take(0, 1));
    }

    TEST_CASE("a file that is renamed to itself, by another way, is lost to nobody") {
        Library library;
        library.put("file", content);
        std::filesystem::create_symlink(".", library.path() / "here");
        CHECK(library.home().rename("/file", "/here/file")->bytes == 0);
        library.put("other", "other");
        CHECK(library.home().rename("/file", "/here/other")->bytes == 5);
        CHECK(library.names() == Names{"here", "other"});
    }

    TEST_CASE("two uploads of one name replace each other, and not the same file twice") {
        Library library;
        library.put("file", std::string(500, 'o'));
        Ledger ledger;
        AccountLimits limits;
        limits.bytes = 2000;
        Account account(ledger.page_of("bob"), limits);
        account.count_stored(library.home().open("/", O_PATH)->get());
        UploadDisk disk;
        auto one = Upload::begin(disk, library.home(), {"/file", 0, false}, account);
        auto other = Upload::begin(disk, library.home(), {"/file", 0, false}, account);
        auto broken = Upload::begin(disk, library.home(), {"/file", 0, false}, account);
        REQUIRE((*one)->write("one"));
        REQUIRE((*broken)->write("broken"));
        REQUIRE((*other)->write("other"));
        REQUIRE(publish(**other));
        CHECK(account.room() == 2000U - 3 - 6 - 5);
        REQUIRE(publish(**one));
        broken->reset();
        CHECK(account.room() == 1997U);
    }

    TEST_CASE("what is stored is counted to the depths, but not over what happens meanwhile") {
        Library library;
        std::filesystem::create_directories(library.path() / "a" / "b");
        library.put("a/b/file", "12345");
        std::filesystem::create_symlink("../b", library.path() / "a" / "link");
        std::filesystem::create_symlink("a/b/file", library.path() / "link");
        library.put(partial_name("c"), "123");
        library.put("a/.tern-upload-0123456789abcdef", "1");
        const Result<UniqueFd> home = library.home().open("/", O_PATH);
        const Census census = count_below(home->get());
        CHECK(census.is_complete);
        CHECK(census.stored.bytes == 9);
        CHECK(census.stored.files == 3);
        Ledger ledger;
        AccountLimits limits;
        limits.bytes = 100;
        Account account(ledger.page_of("bob"), limits);
        CHECK(account.needs_count());
        account.count_stored(home->get());
        CHECK(!account.needs_count());
        CHECK(account.room() == 91U);
        CHECK(library.home().remove_file("/c")->bytes == 3);
        CHECK(library.home().remove_folder("/a").error() == std::errc::directory_not_empty);
        CHECK(library.home().remove_file("/a/b/file")->files == 1);
        library.put("a/b/" + partial_name("d"), "1234");
        CHECK(library.home().remove_folder("/a/b")->bytes == 4);
    }

    TEST_CASE("the pace is kept within 5 %, by however many at once") {
        using namespace std::chrono_literals;
        Ledger ledger;
        AccountLimits limits;
        limits.up = 1'000'000;
        Account one(ledger.page_of("bob"), limits), other(ledger.page_of("bob"), limits);
        CHECK(one.portion(Direction::down) > 1'000'000'000);
        Clock::time_point now{10s};
        std::size_t moved = 0;
        for (const Clock::time_point end = now + 10s; now < end; moved += 2 * 20'000) {
            one.moved(Direction::up, 20'000, now);
            // As if the timer were late.
            now = std::max(now, other.moved(Direction::up, 20'000, now)) + 7ms;
        }
        CHECK(moved > 9'500'000);
        CHECK(moved < 10'500'000);
    }
}
