#include "common/protocol/irc/case_mapping.h"
#include "common/protocol/irc/history_request.h"
#include "common/protocol/irc/mask.h"
#include "common/protocol/irc/mode_changes.h"
#include "common/protocol/irc/numeric.h"
#include "common/protocol/irc/server_time.h"
#include "common/protocol/irc/target_list.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

namespace tern::irc_forms_test {

using namespace tern::irc;
using namespace std::chrono;

namespace {

constexpr ModeKinds kinds = {"b", "k", "l", "imnst", "ov"};

std::string parsed(std::string_view modes, std::initializer_list<std::string_view> parameters) {
    const auto changes = parse_mode_changes(kinds, modes, {parameters.begin(), parameters.size()});
    std::string text;
    for (const ModeChange& change : changes) {
        text += change.set ? '+' : '-';
        text += change.mode;
        if (change.fault == ModeChange::Fault::unknown)
            text += '?';
        if (change.fault == ModeChange::Fault::no_parameter)
            text += '!';
        text.append(change.parameter).append(" ");
    }
    return text;
}

std::variant<HistoryRequest, HistoryFault> history(std::initializer_list<std::string_view> words) {
    return parse_history_request({words.begin(), words.size()});
}

} // namespace

TEST_SUITE("irc/case_mapping") {
    TEST_CASE("what is one letter depends on the mapping") {
        CHECK(lower("Bob[]\\~^", CaseMapping::ascii) == "bob[]\\~^");
        CHECK(lower("Bob[]\\~^", CaseMapping::rfc1459) == "bob{}|~~");
        CHECK(lower("Bob[]\\~^", CaseMapping::rfc1459_strict) == "bob{}|~^");
        CHECK(equal("BOB", "bob", CaseMapping::ascii));
        CHECK_FALSE(equal("BOB", "bobb", CaseMapping::ascii));
        CHECK(name_of(CaseMapping::rfc1459_strict) == "rfc1459-strict");
        CHECK(upper_ascii("join{") == "JOIN{");
    }
}

TEST_SUITE("irc/numeric") {
    TEST_CASE("a numeric has three digits") {
        CHECK(code_of(Numeric::rpl_welcome).view() == "001");
        CHECK(code_of(Numeric::rpl_saslmechs).view() == "908");
    }
}

TEST_SUITE("irc/mask") {
    TEST_CASE("stars, question marks and escapes") {
        CHECK(mask_matches("*!*@*.example", "bob!b@host.example"));
        CHECK_FALSE(mask_matches("*!*@*.example", "bob!b@host.example.org"));
        CHECK(mask_matches("b?b", "BoB"));
        CHECK_FALSE(mask_matches("b?b", "bb"));
        CHECK(mask_matches("a\\*b", "a*b"));
        CHECK_FALSE(mask_matches("a\\*b", "axb"));
        CHECK(mask_matches("**", ""));
        CHECK(mask_matches("x?", "x\xe4\xbd\xa0"));
        CHECK(mask_matches("{}", "[]", CaseMapping::rfc1459));
        CHECK_FALSE(mask_matches("", "a"));
    }
    TEST_CASE("many stars take no longer than one") {
        std::string mask;
        for (int i = 0; i < 200; ++i)
            mask += "a*";
        CHECK_FALSE(mask_matches(mask + 'b', std::string(10'000, 'a')));
    }
    TEST_CASE("a mask is completed") {
        CHECK(complete_mask("bob") == "bob!*@*");
        CHECK(complete_mask("bob!b") == "bob!b@*");
        CHECK(complete_mask("b@host") == "*!b@host");
        CHECK(complete_mask("@host") == "*!*@host");
        CHECK(complete_mask("a!b@c") == "a!b@c");
        CHECK(complete_mask("!@") == "*!*@*");
        CHECK(complete_mask("a@b!c") == "a@b!c@*");
        CHECK(has_wildcards("a*"));
        CHECK_FALSE(has_wildcards("a!b@c"));
    }
}

TEST_SUITE("irc/target_list") {
    TEST_CASE("a list has commas") {
        CHECK(split_targets("#a,,bob,") == std::vector<std::string_view>{"#a", "bob"});
        CHECK(split_targets("").empty());
        CHECK(is_channel_name("#a"));
        CHECK_FALSE(is_channel_name("bob"));
    }
}

TEST_SUITE("irc/mode_changes") {
    TEST_CASE("each mode takes the parameter that it needs") {
        CHECK(parsed("+o-v+b", {"bob", "eve", "*!*@h"}) == "+obob -veve +b*!*@h ");
        CHECK(parsed("kl-kl", {"key", "5"}) == "+kkey +l5 -k -l ");
        CHECK(parsed("-k+o", {"key", "bob"}) == "-kkey +obob ");
        CHECK(parsed("+k", {}) == "+k! ");
        CHECK(parsed("b", {}) == "+b ");
        CHECK(parsed("+mX", {}) == "+m +X? ");
        CHECK(parsed("+ov", {"bob"}) == "+obob +v! ");
        CHECK(parsed("+-", {"bob"}).empty());
    }
    TEST_CASE("changes are written with as few signs as will do") {
        const std::vector<ModeChange> changes = {
            {'o', true, "bob", {}}, {'m', true, {}, {}}, {'b', false, "*!*@h", {}}};
        CHECK(format_mode_changes(changes) == "+om-b bob *!*@h");
        CHECK(format_mode_changes({}).empty());
    }
}

TEST_SUITE("irc/server_time") {
    TEST_CASE("there and back") {
        const ServerTime time = sys_days(year(2011) / 10 / 19) + hours(16) + minutes(40) +
                                seconds(51) + milliseconds(620);
        CHECK(format_server_time(time) == "2011-10-19T16:40:51.620Z");
        CHECK(parse_server_time("2011-10-19T16:40:51.620Z") == time);
        CHECK(format_server_time(ServerTime()) == "1970-01-01T00:00:00.000Z");
    }
    TEST_CASE("what is no time is refused") {
        for (const char* text :
             {"", "2011-10-19T16:40:51Z", "2011-02-30T00:00:00.000Z", "2011-10-19T24:00:00.000Z",
              "2011-10-19 16:40:51.620Z", "2011-10-19T16:40:51.62xZ"})
            CHECK_FALSE_MESSAGE(parse_server_time(text), text);
    }
}

TEST_SUITE("irc/history_request") {
    using Kind = HistoryRequest::Kind;

    TEST_CASE("the latest, what came before, and what lies between") {
        const auto latest = std::get<HistoryRequest>(history({"latest", "#a", "*", "50"}));
        CHECK(latest.kind == Kind::latest);
        CHECK(latest.target == "#a");
        CHECK(latest.limit == 50);
        CHECK(std::holds_alternative<std::monostate>(latest.from));
        const auto before = std::get<HistoryRequest>(history({"BEFORE", "#a", "msgid=x", "5"}));
        CHECK(std::get<std::string>(before.from) == "x");
        const auto between =
            std::get<HistoryRequest>(history({"BETWEEN", "#a", "timestamp=2011-10-19T16:40:51.620Z",
                                              "timestamp=2011-10-20T16:40:51.620Z", "5"}));
        CHECK(std::get<ServerTime>(between.to) - std::get<ServerTime>(between.from) == hours(24));
    }
    TEST_CASE("what is wrong has its code") {
        CHECK(std::get<HistoryFault>(history({})) == HistoryFault::need_more_params);
        CHECK(std::get<HistoryFault>(history({"LATEST", "#a", "*"})) ==
              HistoryFault::need_more_params);
        CHECK(std::get<HistoryFault>(history({"FROB"})) == HistoryFault::unknown_command);
        CHECK(std::get<HistoryFault>(history({"BEFORE", "#a", "*", "5"})) ==
              HistoryFault::invalid_params);
        CHECK(std::get<HistoryFault>(history({"LATEST", "#a", "when=1", "5"})) ==
              HistoryFault::invalid_params);
        CHECK(std::get<HistoryFault>(history({"LATEST", "#a", "*", "5x"})) ==
              HistoryFault::invalid_params);
    }
}

} // namespace tern::irc_forms_test
