// A folder of very many files is listed piece by piece.

#include "servers/ftp/listing.h"

#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <string>

using namespace tern;
using namespace tern::ftp;

namespace {

/// Under AddressSanitizer mallinfo2() tells nothing, and all is slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t very_many = 10'000;
#else
constexpr std::size_t very_many = 100'000;
#endif

/// Names are cheaper than files; one file may have 65,000 of them on ext4.
void fill(const test::TemporaryFolder& folder) {
    constexpr std::size_t names_of_one = 50'000;
    for (std::size_t i = 0; i < very_many; ++i) {
        const std::string name = folder / ("file" + std::to_string(i));
        if (i % names_of_one == 0)
            test::write_file(name, "content");
        const std::string first =
            folder / ("file" + std::to_string(i / names_of_one * names_of_one));
        if (i % names_of_one != 0)
            REQUIRE(::link(first.c_str(), name.c_str()) == 0);
    }
}

struct Pieces {
    std::size_t lines = 0, most_lines = 0, longest = 0, memory = 0;
};

/// Takes the listing as a transfer does.
Pieces take(Listing& listing) {
    Pieces seen;
    const std::size_t before = ::mallinfo2().uordblks;
    for (std::string chunk;; chunk.clear()) {
        const Result<Supply> supply = listing.produce(chunk);
        REQUIRE(supply.has_value());
        if (*supply == Supply::exhausted)
            return seen;
        const auto lines = static_cast<std::size_t>(std::count(chunk.begin(), chunk.end(), '\n'));
        seen.lines += lines;
        seen.most_lines = std::max(seen.most_lines, lines);
        seen.longest = std::max(seen.longest, chunk.size());
        const std::size_t now = ::mallinfo2().uordblks;
        seen.memory = std::max(seen.memory, now > before ? now - before : 0);
    }
}

} // namespace

TEST_SUITE("ftp/listing") {
    TEST_CASE("a folder of 100,000 files costs no memory, and no piece of its listing much time") {
        const test::TemporaryFolder folder;
        fill(folder);
        const UniqueFd descriptor(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        const Home home(descriptor.get());
        for (const ListingForm form : {ListingForm::list, ListingForm::names, ListingForm::facts}) {
            CAPTURE(static_cast<int>(form));
            ListingWish wish;
            wish.form = form;
            Result<std::unique_ptr<Listing>> listing = Listing::open(home, "/", wish);
            REQUIRE(listing.has_value());
            const Pieces seen = take(**listing);
            CHECK(seen.lines == very_many);
            CHECK(seen.most_lines <= 512); // what is read at once
            CHECK(seen.longest < 17'000);
            CHECK(seen.memory < 200'000);
        }
        // What matches nothing gives others their turn all the same.
        ListingWish wish;
        wish.form = ListingForm::names;
        Result<std::unique_ptr<Listing>> listing = Listing::open(home, "/no*such", wish);
        REQUIRE(listing.has_value());
        std::string chunk;
        std::size_t turns = 0;
        for (Supply supply = Supply::more; supply == Supply::more; ++turns) {
            const Result<Supply> next = (*listing)->produce(chunk);
            REQUIRE(next.has_value());
            supply = *next;
        }
        CHECK(chunk.empty());
        CHECK(turns >= very_many / 512);
    }
}
