#include "servers/http/file_cache.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

namespace tern::file_cache_test {

namespace {

using namespace tern::http;
using namespace std::chrono_literals;
using tern::Clock;

const int site_a = 0, site_b = 0;
const Clock::time_point start{1h};

std::shared_ptr<StoredFile> file(std::string bytes, Clock::time_point checked = start) {
    auto stored = std::make_shared<StoredFile>();
    stored->bytes = std::move(bytes);
    stored->checked_at = checked.time_since_epoch().count();
    return stored;
}

std::string find(FileCache& cache, const void* site, std::string_view path) {
    const FileCache::Hit hit = cache.find(site, path, start);
    return hit.file == nullptr ? "nothing" : hit.file->bytes;
}

/// One shard, for whoever counts what is in it.
constexpr CacheSettings small = {20'000, 5'000, 1s};

} // namespace

TEST_SUITE("http/file_cache") {

    TEST_CASE("paths are kept per site, replaced and forgotten") {
        FileCache cache({});
        CHECK(find(cache, &site_a, "/x") == "nothing");
        cache.store(&site_a, "/x", file("one"));
        cache.store(&site_b, "/x", file("two"));
        CHECK(find(cache, &site_a, "/x") == "one");
        CHECK(find(cache, &site_b, "/x") == "two");
        cache.store(&site_a, "/x", file("three"));
        CHECK(find(cache, &site_a, "/x") == "three");
        cache.forget(&site_a, "/x");
        cache.forget(&site_a, "/never");
        CHECK(find(cache, &site_a, "/x") == "nothing");
        cache.forget(&site_b, "/x");
        CHECK(cache.bytes() == 0);
    }

    TEST_CASE("one caller is told to look again") {
        FileCache cache({1 << 20, 1'000, 5s});
        cache.store(&site_a, "/x", file("x"));
        CHECK_FALSE(cache.find(&site_a, "/x", start + 4999ms).is_due);
        CHECK(cache.find(&site_a, "/x", start + 5s).is_due);
        CHECK_FALSE(cache.find(&site_a, "/x", start + 5s).is_due);
        CHECK(cache.find(&site_a, "/x", start + 10s).is_due);
    }

    TEST_CASE("it never holds more than it may") {
        FileCache cache(small);
        for (int i = 0; i < 100; ++i) {
            cache.store(&site_a, std::to_string(i), file(std::string(3'000, 'x')));
            CHECK(cache.bytes() <= small.bytes);
        }
        CHECK(cache.bytes() > small.bytes / 2);
        CHECK(find(cache, &site_a, "99") != "nothing");
        CHECK(find(cache, &site_a, "0") == "nothing");
    }

    TEST_CASE("what is wanted stays longer than what is not") {
        FileCache cache(small);
        cache.store(&site_a, "wanted", file(std::string(3'000, 'x')));
        for (int i = 0; i < 100; ++i) {
            cache.store(&site_a, std::to_string(i), file(std::string(3'000, 'x')));
            CHECK(find(cache, &site_a, "wanted") != "nothing");
        }
    }

    TEST_CASE("what is too large is not taken, and replaces nothing silently") {
        FileCache cache(small);
        CHECK(cache.takes(5'000));
        CHECK_FALSE(cache.takes(5'001));
        cache.store(&site_a, "/x", file("old"));
        cache.store(&site_a, "/x", file(std::string(50'000, 'x')));
        CHECK(find(cache, &site_a, "/x") == "nothing");

        FileCache none({0, 5'000, 1s});
        CHECK_FALSE(none.takes(1));
        none.store(&site_a, "/x", file(""));
        CHECK(find(none, &site_a, "/x") == "nothing");
    }

    TEST_CASE("many threads may use it at once") {
        FileCache cache(small);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&cache] {
                for (int i = 0; i < 2'000; ++i) {
                    const std::string path = std::to_string(i % 20);
                    const FileCache::Hit hit = cache.find(&site_a, path, start + i * 1ms);
                    if (hit.file == nullptr)
                        cache.store(&site_a, path, file(path + std::string(2'000, 'x')));
                    else if (!hit.file->bytes.starts_with(path))
                        std::abort(); // doctest's checks are slow, and this is a catastrophe
                    if (i % 50 == 0)
                        cache.forget(&site_a, path);
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        CHECK(cache.bytes() <= small.bytes);
    }

} // TEST_SUITE

} // namespace tern::file_cache_test
