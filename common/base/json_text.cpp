#include "common/base/json_text.h"

#include "common/base/escape.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

namespace tern {
namespace {

using nlohmann::json;

/// Follows the parser through the text, to know where it is and which keys it has seen there.
class DuplicateKeys {
public:
    void see(json::parse_event_t event, const json& parsed) {
        switch (event) {
        case json::parse_event_t::object_start:
            begin_value();
            levels_.push_back({false, 0, {}, {}});
            break;
        case json::parse_event_t::array_start:
            begin_value();
            levels_.push_back({true, 0, {}, {}});
            break;
        case json::parse_event_t::object_end:
        case json::parse_event_t::array_end:
            levels_.pop_back();
            break;
        case json::parse_event_t::key:
            levels_.back().key = parsed.get<std::string>();
            if (!levels_.back().keys.insert(levels_.back().key).second)
                throw JsonTextError(pointer() + ": found a second time, allowed: once");
            break;
        case json::parse_event_t::value:
            begin_value();
            break;
        }
    }

private:
    struct Level {
        bool is_array;
        std::size_t begun; ///< items of the array so far
        std::string key;
        std::set<std::string> keys;
    };

    void begin_value() {
        if (!levels_.empty() && levels_.back().is_array)
            ++levels_.back().begun;
    }

    std::string pointer() const {
        std::string text;
        for (const Level& level : levels_)
            text = level.is_array ? child_pointer(text, level.begun - 1)
                                  : child_pointer(text, level.key);
        return printable(text);
    }

    std::vector<Level> levels_;
};

/// The parser counts bytes; people count lines. Drops the parser's own prefix.
std::string describe(const json::parse_error& error, std::string_view text) {
    const std::size_t end = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    const std::string_view before = text.substr(0, end);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t column = end - (before.rfind('\n') + 1) + 1; // npos + 1 is 0
    std::string_view reason = error.what();
    if (const auto start = reason.find("syntax error"); start != std::string_view::npos)
        reason.remove_prefix(start);
    return fmt::format("{}:{}: {}", line, column, printable(reason));
}

} // namespace

json parse_json(std::string_view text) {
    DuplicateKeys duplicates;
    const auto follow = [&duplicates](int, json::parse_event_t event, json& parsed) {
        duplicates.see(event, parsed);
        return true;
    };
    try {
        return json::parse(text.begin(), text.end(), follow, true, true);
    } catch (const json::parse_error& error) {
        throw JsonSyntaxError(describe(error, text));
    } catch (const json::out_of_range& error) { // a number such as 1e999
        throw JsonSyntaxError(printable(error.what()));
    }
}

std::string write_json(const json& value) { return value.dump(4); }

std::string child_pointer(std::string_view pointer, std::string_view key) {
    std::string child(pointer);
    child += '/';
    for (const char c : key) {
        if (c == '~')
            child += "~0";
        else if (c == '/')
            child += "~1";
        else
            child += c;
    }
    return child;
}

std::string child_pointer(std::string_view pointer, std::size_t index) {
    return fmt::format("{}/{}", pointer, index);
}

std::string brief(const json& value) {
    constexpr std::size_t longest = 60;
    if (value.is_object())
        return value.empty() ? "{}" : "an object";
    if (value.is_array())
        return value.empty() ? "[]" : "an array";
    std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > longest)
        text = value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, longest) + "…";
    return printable(text);
}

} // namespace tern
