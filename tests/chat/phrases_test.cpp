// The words of the server: in every language all of them, and no word for what there is none.

#include "servers/chat/phrases.h"

#include "common/base/json_text.h"
#include "tests/chat/test_chat.h"
#include "tests/harness/temporary_folder.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace tern::phrases_test {

using namespace tern;
using test::TestChat;
using Kind = chat::Request::Kind;
using nlohmann::json;

json chinese() { return parse_json(test::read_file("config/chat.zh.json")).at("phrases"); }

TEST_SUITE("chat/phrases") {
    TEST_CASE("the Chinese configuration has every phrase") {
        const json schema = parse_json(std::string(generated::chat_schema));
        const json phrases = chinese();
        for (const auto& rule : schema.at("properties").at("phrases").at("properties").items())
            CHECK_MESSAGE(phrases.contains(rule.key()), rule.key());
        const auto configuration =
            Configuration::load("config/chat.zh.json", generated::chat_schema);
        CHECK_NOTHROW(chat::Phrases{configuration});
    }

    TEST_CASE("nobody has a name in which the administrator seems to speak") {
        for (const bool is_chinese : {false, true}) {
            TestChat chat(is_chinese ? R"(, "phrases": )" + chinese().dump() : "");
            for (const char* const name :
                 {"ADMINISTRATOR", "Administrator", "管理员", "管理员消息"}) {
                CAPTURE(name);
                const Member client = chat.connect();
                chat.do_(client, Kind::enter, {}, name);
                CHECK(chat.answer(client) == chat::Answer::not_named);
            }
        }
    }

    TEST_CASE("a place that a phrase does not have is an error of the configuration") {
        const auto error_of = [](const std::string& phrases) -> std::string {
            const Configuration configuration =
                test::chat_configuration(R"(, "phrases": )" + phrases);
            try {
                const chat::Phrases words(configuration);
            } catch (const ConfigurationError& error) {
                return error.what();
            }
            return {};
        };
        CHECK(error_of(R"({"entered": "{name} {{came} into {room}"})").empty());
        CHECK(error_of(R"({"pong": "{"})").empty());
        const std::string error = error_of(R"({"entered": "{name} came at {time}"})");
        CHECK(error.find("/phrases/entered") != std::string::npos);
        CHECK(error.find("{time}") != std::string::npos);
        CHECK(error.find("{name}, {room}") != std::string::npos);
        CHECK(error_of(R"({"pong": "{name}"})").find("/phrases/pong") != std::string::npos);
        CHECK(error_of(R"({"refused_muted": "{who}"})").find("/phrases/refused_muted") !=
              std::string::npos);
    }
}

} // namespace tern::phrases_test
