// The configuration and the schema of the FTP server, as they are in config/.

#include "common/base/configuration.h"
#include "common/base/json_text.h"
#include "common/strategy/registry.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace tern::ftp_configuration_test {

using namespace tern;
using nlohmann::json;

namespace {

std::string schema_text() { return test::read_file("config/ftp.schema.json"); }

} // namespace

TEST_CASE("a fresh clone's FTP server has a library, and a user whom no password fits") {
    const auto configuration = Configuration::load("config/ftp.json", schema_text());
    const json& all = configuration.effective();
    CHECK(all["listeners"][0]["port"] == 2121);
    CHECK(all["passive"]["first_port"] == 21210);
    const auto library = configuration.resolve_path(all["anonymous"]["home"].get<std::string>());
    CHECK(std::filesystem::exists(library / "welcome.txt"));
    CHECK(all["users"][0]["name"] == "demo");
    CHECK(all["users"][0]["password"] == "*");
}

TEST_CASE("the FTP server's schema knows the strategies of the registry, and the usual listeners") {
    const json schema = parse_json(schema_text());
    std::vector<std::string> names;
    for (const std::string_view name : strategy::names())
        names.emplace_back(name);
    CHECK(schema["properties"]["concurrency"]["properties"]["strategy"]["enum"] == json(names));
    const json http = parse_json(test::read_file("config/http.schema.json"));
    json listener = http["definitions"]["listener"];
    listener["properties"].erase("defer_accept_s"); // FTP's server speaks first
    listener["properties"].erase("http2");
    CHECK(schema["definitions"]["listener"] == listener);
    CHECK(schema["properties"]["concurrency"] == http["properties"]["concurrency"]);
}

} // namespace tern::ftp_configuration_test
