// The lines of the log of transfers.

#include "generated/ftp_schema.h"
#include "servers/ftp/settings.h"
#include "servers/ftp/transfer_log.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

using namespace tern;
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
        CHECK(line.find("digest") == std::string::npos);
    }

    TEST_CASE("a digest is for JSON, and for a log that there is") {
        test::TemporaryFolder folder;
        const auto settings = [&](const std::string& log) {
            test::write_file(folder / "ftp.json", R"({"listeners": [{"name": "a"}],)" + log + "}");
            return settings_from(Configuration::load(folder / "ftp.json", generated::ftp_schema));
        };
        const std::string digest = R"("digest": "MD5")";
        const std::string file = R"("file": "log",)";
        CHECK(settings(R"("transfer_log": {)" + file + R"("format": "json",)" + digest + "}")
                  .transfer_digest == DigestKind::md5);
        CHECK(!settings(R"("transfer_log": {)" + digest + "}").transfer_digest);
        CHECK_THROWS_AS(settings(R"("transfer_log": {)" + file + digest + "}"), ConfigurationError);
    }
}
