#include "common/terminal/measure.h"
#include "common/terminal/progress_bar.h"
#include "common/terminal/readable_text.h"

#include <doctest/doctest.h>

#include <chrono>

namespace tern::terminal {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sizes and times are short") {
    CHECK(readable_bytes(0) == "0 B");
    CHECK(readable_bytes(999) == "999 B");
    CHECK(readable_bytes(1000) == "1.0 KiB");
    CHECK(readable_bytes(1536) == "1.5 KiB");
    CHECK(readable_bytes(250 * 1024 * 1024) == "250 MiB");
    CHECK(readable_bytes(~0ULL) == "16 EiB");
    CHECK(readable_clock(7s) == "0:07");
    CHECK(readable_clock(3723s) == "1:02:03");
    CHECK(readable_duration(850us) == "850 µs");
    CHECK(readable_duration(12'345us) == "12.3 ms");
    CHECK(readable_duration(4'560'000us) == "4.56 s");
}

TEST_CASE("a progress line tells part, size, rate and the time that is left") {
    const TransferState half{512 * 1024, 1024 * 1024, 0, 2s};
    CHECK(progress_line("big", half, 79).starts_with("big  [############            ]   50%  "));
    CHECK(progress_line("big", half, 79).ends_with("512 KiB  256 KiB/s  0:02"));
    const TransferState unknown{2048, 0, 0, 1s};
    CHECK(progress_line("big", unknown, 79) == "big  2.0 KiB  2.0 KiB/s");
}

TEST_CASE("what an earlier attempt has brought does not count for the rate") {
    const TransferState resumed{3072, 4096, 2048, 1s};
    CHECK(progress_line("a", resumed, 79).find("1.0 KiB/s  0:01") != std::string::npos);
}

TEST_CASE("a progress line is never longer than the terminal") {
    const TransferState state{5, 0xFFFFFFFFFFFF, 0, 0s};
    for (std::size_t columns = 1; columns < 120; ++columns)
        CHECK(progress_line(std::string(300, 'n'), state, columns).size() <= columns);
}

TEST_CASE("text of several lines keeps its lines and nothing that controls a terminal") {
    CHECK(readable_text("a\tb\r\nc\x1b[2J\n\rd") == "a\tb\nc\\x1b[2J\n\\rd");
    CHECK(readable_text("") == "");
}

TEST_CASE("data is told from text") {
    CHECK(looks_binary(std::string_view("a\0b", 3)));
    CHECK(looks_binary("\x01\x02\x03"));
    CHECK_FALSE(looks_binary("你好\r\n\tx"));
    CHECK_FALSE(looks_binary(""));
}

} // namespace
} // namespace tern::terminal
