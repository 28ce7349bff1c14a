// The configuration and the schema of the HTTP server, as they are in config/.

#include "common/base/configuration.h"
#include "common/base/json_text.h"
#include "common/base/schema.h"
#include "common/daemon/listeners.h"
#include "common/strategy/registry.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace tern::http_configuration_test {

using namespace tern;
using nlohmann::json;

namespace {

std::string schema_text() { return test::read_file("config/http.schema.json"); }

Configuration load(const std::vector<std::string>& sets = {}) {
    return Configuration::load("config/http.json", schema_text(), sets);
}

std::string complaint(const std::vector<std::string>& sets) {
    try {
        daemon::listener_settings(load(sets), {});
    } catch (const ConfigurationError& error) {
        return error.what();
    }
    return "none";
}

/// Calls `visit` with every property of every object in the schema.
template <class Visit>
void for_each_property(const json& node, const std::string& pointer, const Visit& visit) {
    if (!node.is_object())
        return;
    if (const auto properties = node.find("properties"); properties != node.end()) {
        const json required = node.value("required", json::array());
        for (const auto& [key, property] : properties->items()) {
            const bool is_required =
                std::find(required.begin(), required.end(), key) != required.end();
            visit(pointer + "/" + key, property, is_required);
        }
    }
    for (const auto& [key, below] : node.items())
        for_each_property(below, pointer + "/" + key, visit);
}

} // namespace

TEST_CASE("the configuration of a fresh clone is valid") {
    const Configuration configuration = load();
    const json& all = configuration.effective();
    CHECK(all["concurrency"]["strategy"] == "epoll");
    const auto root = configuration.resolve_path(all["sites"][0]["root"].get<std::string>());
    CHECK(std::filesystem::exists(root / all["sites"][0]["index"][0].get<std::string>()));
    const auto listeners = daemon::listener_settings(configuration, {});
    REQUIRE(listeners.size() == 1);
    CHECK(listeners[0].name == "http");
    CHECK(listeners[0].address == "0.0.0.0");
    CHECK(listeners[0].port == 8080);
    CHECK_FALSE(listeners[0].tls);
}

TEST_CASE("every property has a description, and a default unless it is required") {
    std::size_t seen = 0;
    for_each_property(parse_json(schema_text()), "",
                      [&](const std::string& pointer, const json& property, bool is_required) {
                          ++seen;
                          CHECK_MESSAGE(property.contains("description"), pointer);
                          if (!is_required && !pointer.ends_with("/$schema"))
                              CHECK_MESSAGE(property.contains("default"), pointer);
                      });
    CHECK(seen > 40);
}

TEST_CASE("the schema knows the strategies of the registry, in its order") {
    const json schema = parse_json(schema_text());
    std::vector<std::string> names;
    for (const std::string_view name : strategy::names())
        names.emplace_back(name);
    CHECK(schema["properties"]["concurrency"]["properties"]["strategy"]["enum"] == json(names));
}

TEST_CASE("nothing but a listener's name must be said") {
    const auto least =
        Configuration::from_text(R"({"listeners": [{"name": "x"}]})", "x.json", schema_text());
    CHECK(least.effective()["limits"]["idle_timeout_s"] == 75);
    CHECK(least.effective()["listeners"][0]["address"] == "0.0.0.0");
}

TEST_CASE("listeners that the schema cannot judge") {
    CHECK(complaint({"listeners.1.name=http"}) ==
          "--set listeners.1.name=http: /listeners/1/name: found \"http\" a second time, allowed: "
          "once");
    CHECK(complaint({"listeners.0.address=localhost"})
              .starts_with("--set listeners.0.address=localhost: /listeners/0/address: found "
                           "\"localhost\", allowed: "));
    CHECK(complaint({R"(listeners.0.tls={"certificate": "/no/cert.pem", "key": "/no/key.pem"})"})
              .ends_with(": /listeners/0/tls/certificate: found \"/no/cert.pem\" (No such file or "
                         "directory), allowed: a PEM file with a certificate, and those behind it "
                         "that vouch for it"));
    CHECK(complaint({"listeners.0.address=::1", "listeners.0.port=0"}) == "none");
    CHECK(complaint({"listeners.0.address=@tern"}) == "none");
    CHECK(complaint({"listeners.0.port=65536"}) ==
          "--set listeners.0.port=65536: /listeners/0/port: found 65536, allowed: integer from 0 "
          "to 65535");
}

} // namespace tern::http_configuration_test
