#include "common/base/configuration.h"

#include "common/base/json_text.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace tern::configuration_test {

using namespace tern;
using nlohmann::json;

namespace {

constexpr std::string_view schema = R"({
  "type": "object",
  "required": ["listeners"],
  "additionalProperties": false,
  "properties": {
    "$schema": {"type": "string"},
    "listeners": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/listener"}},
    "strategy": {"enum": ["epoll", "poll", "select"], "default": "epoll"},
    "limits": {
      "type": "object", "default": {}, "additionalProperties": false,
      "properties": {
        "bytes": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
        "count": {"type": "integer", "minimum": 0, "default": 0},
        "seconds": {"type": "number", "exclusiveMinimum": 0, "default": 7.5},
        "strict": {"type": "boolean", "default": true}
      }
    },
    "hosts": {"type": "array", "default": ["*"], "uniqueItems": true, "items": {"type": "string"}},
    "types": {"type": "object", "default": {}, "additionalProperties": {"type": "string", "pattern": "^[a-z]+/[a-z]+$"}},
    "multiple": {"type": "integer", "multipleOf": 4}
  },
  "$defs": {
    "port": {"type": "integer", "minimum": 0, "maximum": 65535, "default": 1},
    "listener": {
      "type": "object", "required": ["name"], "additionalProperties": false,
      "properties": {
        "name": {"type": "string", "minLength": 1},
        "port": {"$ref": "#/$defs/port", "default": 8080},
        "other_port": {"$ref": "#/$defs/port"},
        "tls": {
          "type": ["object", "null"], "default": null, "required": ["key"], "additionalProperties": false,
          "properties": {"key": {"type": "string"}, "version": {"enum": ["1.2", "1.3"], "default": "1.2"}}
        }
      }
    }
  }
})";

using Sets = std::vector<std::string>;

json effective(std::string_view text, const Sets& sets = {}) {
    return Configuration::from_text(text, "etc/test.json", schema, sets).effective();
}

std::string complaint(std::string_view text, const Sets& sets = {}) {
    try {
        Configuration::from_text(text, "etc/test.json", schema, sets);
    } catch (const ConfigurationError& error) {
        return error.what();
    }
    return "none";
}

/// A valid configuration with one more member.
std::string with(const std::string& member) {
    return R"({"listeners": [{"name": "a"}], )" + member + "}";
}

constexpr std::string_view least = R"({"listeners": [{"name": "a"}]})";

} // namespace

TEST_CASE("defaults fill in what is missing, at every depth") {
    CHECK(effective(
              R"({"listeners": [{"name": "a"}, {"name": "b", "port": 1, "tls": {"key": "k"}}]})") ==
          parse_json(R"({
            "listeners": [{"name": "a", "port": 8080, "other_port": 1, "tls": null},
                          {"name": "b", "port": 1, "other_port": 1,
                           "tls": {"key": "k", "version": "1.2"}}],
            "strategy": "epoll",
            "limits": {"bytes": 50, "count": 0, "seconds": 7.5, "strict": true},
            "hosts": ["*"], "types": {}})"));
}

TEST_CASE("what the file says goes before the defaults") {
    const json all = effective(with(R"("limits": {"bytes": 1}, "hosts": [], "$schema": "x")"));
    CHECK(all["limits"]["bytes"] == 1);
    CHECK(all["limits"]["count"] == 0);
    CHECK(all["hosts"] == json::array());
}

TEST_CASE("a wrong word: what was found, what is allowed, what was meant") {
    CHECK(
        complaint(with(R"("strategy": "epol")")) ==
        R"(etc/test.json: /strategy: found "epol", allowed: "epoll", "poll", "select" (did you mean "epoll"?))");
    CHECK(complaint(with(R"("strategy": 7)")) ==
          R"(etc/test.json: /strategy: found 7, allowed: "epoll", "poll", "select")");
    CHECK(complaint(with(R"("listeners2": 1)")).starts_with("etc/test.json: /listeners2: "));
}

TEST_CASE("an unknown key names the known ones") {
    CHECK(
        complaint(with(R"("limits": {"byts": 1})")) ==
        R"(etc/test.json: /limits/byts: found an unknown key, allowed: "bytes", "count", "seconds", "strict" (did you mean "bytes"?))");
    CHECK(complaint(with(R"("limits": {"sec": 1})")).ends_with(R"((did you mean "seconds"?))"));
    CHECK(complaint(with(R"("limits": {"bytse": 1})")).ends_with(R"((did you mean "bytes"?))"));
    CHECK(
        complaint(with(R"("limits": {"entirely_different": 1})")) ==
        R"(etc/test.json: /limits/entirely_different: found an unknown key, allowed: "bytes", "count", "seconds", "strict")");
    CHECK(complaint(R"({"listeners": [{"name": "a"}, {"nmae": "b"}]})")
              .ends_with(R"((did you mean "name"?))"));
}

TEST_CASE("a wrong type") {
    CHECK(complaint(R"({"listeners": [{"name": "a", "port": "80"}]})") ==
          R"(etc/test.json: /listeners/0/port: found "80", allowed: integer from 0 to 65535)");
    CHECK(complaint(with(R"("limits": [])")) ==
          "etc/test.json: /limits: found [], allowed: object");
    CHECK(complaint(with(R"("limits": {"strict": "yes"})")) ==
          R"(etc/test.json: /limits/strict: found "yes", allowed: true or false)");
    CHECK(complaint(with(R"("hosts": ["a", null])")) ==
          "etc/test.json: /hosts/1: found null, allowed: string");
    CHECK(complaint(R"({"listeners": {"name": "a"}})") ==
          "etc/test.json: /listeners: found an object, allowed: array of at least 1 item");
    CHECK(complaint(R"({"listeners": [{"name": "a", "tls": true}]})") ==
          "etc/test.json: /listeners/0/tls: found true, allowed: object or null");
    CHECK(complaint("[]") == "etc/test.json: /: found [], allowed: object");
}

TEST_CASE("a number out of range") {
    CHECK(complaint(with(R"("limits": {"bytes": 101})")) ==
          "etc/test.json: /limits/bytes: found 101, allowed: integer from 1 to 100");
    CHECK(complaint(with(R"("limits": {"bytes": 1.5})")) ==
          "etc/test.json: /limits/bytes: found 1.5, allowed: integer from 1 to 100");
    CHECK(complaint(with(R"("limits": {"count": -1})")) ==
          "etc/test.json: /limits/count: found -1, allowed: integer of at least 0");
    CHECK(complaint(with(R"("limits": {"seconds": 0})")) ==
          "etc/test.json: /limits/seconds: found 0, allowed: number above 0");
    CHECK(complaint(with(R"("limits": {"bytes": 100, "seconds": 0.1})")) == "none");
}

TEST_CASE("strings and arrays of the wrong size or form") {
    CHECK(complaint(R"({"listeners": [{"name": ""}]})") ==
          R"(etc/test.json: /listeners/0/name: found "", allowed: string of at least 1 character)");
    CHECK(complaint(R"({"listeners": []})") ==
          "etc/test.json: /listeners: found [], allowed: array of at least 1 item");
    CHECK(complaint(with(R"("hosts": ["a", "b", "a"])")) ==
          R"(etc/test.json: /hosts/2: found "a" a second time, allowed: once)");
    CHECK(
        complaint(with(R"("types": {"x": "no type"})")) ==
        R"(etc/test.json: /types/x: found "no type", allowed: string that matches ^[a-z]+/[a-z]+$)");
}

TEST_CASE("something required is missing") {
    CHECK(complaint("{}") == "etc/test.json: /listeners: found nothing, but it is required: "
                             "array of at least 1 item");
    CHECK(complaint(R"({"listeners": [{"port": 1}]})") ==
          "etc/test.json: /listeners/0/name: found nothing, but it is required: "
          "string of at least 1 character");
}

TEST_CASE("a rule that has no explanation of its own is still kept") {
    CHECK(complaint(with(R"("multiple": 7)")).starts_with("etc/test.json: /multiple: "));
    CHECK(complaint(with(R"("multiple": 8)")) == "none");
}

TEST_CASE("syntax errors, duplicates and surprising bytes take one line") {
    CHECK(complaint("{\n\"listeners\": }").starts_with("etc/test.json:2:14: syntax error"));
    CHECK(complaint(R"({"listeners": [{"name": "a", "name": "b"}]})") ==
          "etc/test.json: /listeners/0/name: found a second time, allowed: once");
    for (const char* text :
         {"{\n\"a\n\": }", "{\"a\\nb\": 1}", "{\"strategy\": \"a\\nb\"}", "\xff"})
        CHECK(complaint(text).find('\n') == std::string::npos);
}

TEST_CASE("a file is read; one that cannot be is named") {
    const test::TemporaryFolder folder;
    const auto load = [&](const char* name) -> std::string {
        try {
            return Configuration::load(folder / name, schema).effective()["strategy"];
        } catch (const ConfigurationError& error) {
            return error.what();
        }
    };
    test::write_file(folder / "good.json", with(R"(/* a comment */ "strategy": "poll")"));
    CHECK(load("good.json") == "poll");
    CHECK(load("none.json") ==
          (folder / "none.json").string() + ": cannot be read: No such file or directory");
    CHECK(load(".") == (folder / ".").string() + ": cannot be read: Is a directory");
}

TEST_CASE("relative paths start at the file's folder") {
    const auto at = [](const char* file) { return Configuration::from_text(least, file, schema); };
    CHECK(at("/etc/tern/http.json").resolve_path("site") == "/etc/tern/site");
    CHECK(at("/etc/tern/http.json").resolve_path("../www/./a") == "/etc/www/a");
    CHECK(at("/etc/tern/http.json").resolve_path("/srv") == "/srv");
    CHECK(at("config/http.json").resolve_path("site") == "config/site");
    CHECK(at("http.json").resolve_path("site") == "site");
    CHECK(at("/etc/tern/http.json").resolve_path("") == "");
}

TEST_CASE("--set changes, adds, and creates what is missing on its way") {
    const json all = effective(least, {"strategy=poll", "limits.bytes=7", "listeners.0.port=0",
                                       "listeners.1.name=b", "listeners.0.tls.key=/k", "hosts.1=h",
                                       "types.html=text/html", "/types/a.b=c/d"});
    CHECK(all["strategy"] == "poll");
    CHECK(all["limits"]["bytes"] == 7);
    CHECK(all["limits"]["count"] == 0);
    CHECK(all["listeners"][0]["port"] == 0);
    CHECK(all["listeners"][0]["tls"] == json{{"key", "/k"}, {"version", "1.2"}});
    CHECK(all["listeners"][1] ==
          json{{"name", "b"}, {"port", 8080}, {"other_port", 1}, {"tls", nullptr}});
    CHECK(all["hosts"] == json{"*", "h"});
    CHECK(all["types"] == json{{"html", "text/html"}, {"a.b", "c/d"}});
    CHECK(effective("{}", {"listeners.0.name=a"})["listeners"][0]["name"] == "a");
}

TEST_CASE("the value of --set is JSON if it is, and text otherwise") {
    CHECK(effective(least, {R"(limits={"bytes": 3})"})["limits"]["bytes"] == 3);
    CHECK(effective(least, {R"(hosts=["x", "y"])"})["hosts"] == json{"x", "y"});
    CHECK(effective(least, {R"(hosts.0="7")"})["hosts"] == json{"7"});
    CHECK(effective(least, {"hosts.0="})["hosts"] == json{""});
    CHECK(effective(least, {"hosts.0=a=b c"})["hosts"] == json{"a=b c"});
    CHECK(effective(least, {"hosts.0=x", "hosts.0=y"})["hosts"] == json{"y"});
}

TEST_CASE("a mistake in --set names the argument, not the file") {
    CHECK(
        complaint(least, {"limits.bytes=7", "strategy=pol"}) ==
        R"(--set strategy=pol: /strategy: found "pol", allowed: "epoll", "poll", "select" (did you mean "poll"?))");
    CHECK(
        complaint(least, {"limits.byte=7"}) ==
        R"(--set limits.byte=7: /limits/byte: found an unknown key, allowed: "bytes", "count", "seconds", "strict" (did you mean "bytes"?))");
    CHECK(complaint(least, {"listeners.1.port=0"}) ==
          "--set listeners.1.port=0: /listeners/1/name: found nothing, but it is required: "
          "string of at least 1 character");
    CHECK(complaint(least, {"listeners.0.tls.version=1.3"})
              .starts_with("--set listeners.0.tls.version=1.3: /listeners/0/tls/"));
    CHECK(
        complaint(least, {"listeners=[]"}).starts_with("--set listeners=[]: /listeners: found []"));
    // The file's own mistake stays the file's.
    CHECK(complaint(with(R"("limits": {"bytes": 0})"), {"limits.count=1"})
              .starts_with("etc/test.json: /limits/bytes: "));
}

TEST_CASE("--set can mend what the file has wrong") {
    CHECK(complaint(with(R"("limits": {"bytes": 0})"), {"limits.bytes=1"}) == "none");
}

TEST_CASE("paths of --set that lead nowhere") {
    CHECK(complaint(least, {"strategy"}) == "--set strategy: allowed: PATH=VALUE");
    CHECK(complaint(least, {"=x"}) == "--set =x: allowed: PATH=VALUE");
    CHECK(complaint(least, {"limits..bytes=1"}) == "--set limits..bytes=1: found an empty step in "
                                                   "the path, allowed: such as listeners.0.port");
    CHECK(complaint(least, {"listeners.2.port=0"}) ==
          "--set listeners.2.port=0: /listeners/2: found no such item, allowed: 0 to 1");
    CHECK(complaint(least, {"listeners.first.port=0"}) ==
          "--set listeners.first.port=0: /listeners/first: found no such item, allowed: 0 to 1");
    CHECK(complaint(least, {"strategy.x=0"}) ==
          R"(--set strategy.x=0: /strategy: found "epoll", allowed: an object or array)");
    CHECK(complaint(least, {R"(limits={"bytes": 1, "bytes": 2})"}) ==
          R"(--set limits={"bytes": 1, "bytes": 2}: /bytes: found a second time, allowed: once)");
}

TEST_CASE("services report in the same words") {
    const std::vector<std::string> sets = {"hosts.0=x"};
    const auto configuration = Configuration::from_text(least, "etc/test.json", schema, sets);
    CHECK(std::string(configuration.error("/strategy", "found\nnothing").what()) ==
          "etc/test.json: /strategy: found\\nnothing");
    CHECK(std::string(configuration.error("/hosts/0", "bad").what()) ==
          "--set hosts.0=x: /hosts/0: bad");
    CHECK(std::string(configuration.error("/hosts/01", "bad").what()) ==
          "etc/test.json: /hosts/01: bad");
}

} // namespace tern::configuration_test
