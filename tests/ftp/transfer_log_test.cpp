// The lines of the log of transfers.

#include "servers/ftp/transfer_log.h"

#include <doctest/doctest.h>

using namespace tern::ftp;

namespace {

TransferRecord record() {
    TransferRecord record;
    record.time = 1'000'000'000;
    record.seconds = 1.5;
    record.client = "127.0.0.1";
    record.user = "bob smith";
    record.path = "/a b\n\"c";
    record.bytes = 42;
    record.is_upload = true;
    record.is_complete = true;
    record.result = "complete";
    return record;
}

} // namespace

TEST_SUITE("ftp/transfer_log") {
    TEST_CASE("a line of xferlog has its fields, whatever the names are") {
        const std::string line = format_transfer(TransferLogForm::xferlog, record());
        CHECK(line.ends_with(
            " 2001 2 127.0.0.1 42 /a\\x20b\\x0A\"c b _ i r bob\\x20smith ftp 0 * c\n"));
    }

    TEST_CASE("a line of JSON is one line") {
        const std::string line = format_transfer(TransferLogForm::json, record());
        CHECK(line.starts_with("{\"time\":\""));
        CHECK(line.find(R"("direction":"up","bytes":42,"seconds":1.500,"result":"complete")") !=
              std::string::npos);
        CHECK(line.find(R"("path":"/a b\n\"c")") != std::string::npos);
        CHECK(line.find('\n') == line.size() - 1);
    }
}
