#include "common/base/schema_explanation.h"

#include "common/base/json_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <regex>

namespace tern {
namespace {

using nlohmann::json;
using Finding = std::optional<Violation>;

/// How many letters must be added, removed, exchanged or swapped with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t exchange = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, exchange});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above.back();
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const std::string_view meant = nearest(word, known);
    return meant.empty() ? std::string() : fmt::format(" (did you mean \"{}\"?)", meant);
}

bool has_type(const json& value, std::string_view type) {
    if (type == "integer")
        return value.is_number_integer();
    if (type == "null")
        return value.is_null();
    if (type == "number")
        return value.is_number();
    if (type == "boolean")
        return value.is_boolean();
    return value.type_name() == type; // string, array, object
}

/// "type" may be one name or an array of them.
std::vector<std::string> types_of(const json& schema) {
    const auto type = schema.find("type");
    if (type == schema.end())
        return {};
    if (type->is_string())
        return {type->get<std::string>()};
    return type->get<std::vector<std::string>>();
}

/// " from 0 to 65535", " of at least 1 item"; nothing if there is no bound.
std::string range(const json& schema, const char* lowest, const char* highest,
                  std::string_view unit = {}) {
    const auto low = schema.find(lowest);
    const auto high = schema.find(highest);
    const auto amount = [unit](const json& number) {
        if (unit.empty())
            return brief(number);
        return fmt::format("{} {}{}", brief(number), unit, number == 1 ? "" : "s");
    };
    if (low != schema.end() && high != schema.end())
        return fmt::format("{} from {} to {}", unit.empty() ? "" : " of", brief(*low),
                           amount(*high));
    if (low != schema.end())
        return " of at least " + amount(*low);
    if (high != schema.end())
        return " of at most " + amount(*high);
    return {};
}

std::string allowed_for_type(const std::string& type, const json& schema) {
    if (type == "boolean")
        return "true or false";
    if (type == "integer" || type == "number") {
        const auto above = schema.find("exclusiveMinimum");
        const std::string more =
            above != schema.end() ? fmt::format(" above {}", brief(*above)) : std::string();
        return type + more + range(schema, "minimum", "maximum");
    }
    if (type == "string" && schema.contains("pattern"))
        return "string that matches " + schema["pattern"].get<std::string>();
    if (type == "string")
        return type + range(schema, "minLength", "maxLength", "character");
    if (type == "array")
        return type + range(schema, "minItems", "maxItems", "item");
    return type;
}

std::string allowed(const json& schema) {
    std::vector<std::string> choices;
    if (const auto values = schema.find("enum"); values != schema.end())
        for (const json& value : *values)
            choices.push_back(brief(value));
    else if (const auto only = schema.find("const"); only != schema.end())
        choices.push_back(brief(*only));
    if (!choices.empty())
        return fmt::format("{}", fmt::join(choices, ", "));
    for (const std::string& type : types_of(schema))
        choices.push_back(allowed_for_type(type, schema));
    return choices.empty() ? "something else" : fmt::format("{}", fmt::join(choices, " or "));
}

/// Walks value and schema together, depth first, up to the first thing that is wrong.
class Explanation {
public:
    explicit Explanation(const json& root) : root_(root) {}

    Finding look(const json& unresolved, const json& value, const std::string& pointer) const {
        const json& schema = Schema::resolved(root_, unresolved);
        if (!schema.is_object())
            return std::nullopt;
        if (!fits(schema, value))
            return not_allowed(schema, value, pointer);
        if (value.is_object())
            return look_at_object(schema, value, pointer);
        if (value.is_array())
            return look_at_array(schema, value, pointer);
        return std::nullopt;
    }

private:
    static bool fits(const json& schema, const json& value) {
        const std::vector<std::string> types = types_of(schema);
        const auto matches = [&value](const std::string& type) { return has_type(value, type); };
        if (!types.empty() && std::none_of(types.begin(), types.end(), matches))
            return false;
        if (const auto values = schema.find("enum"); values != schema.end())
            if (std::find(values->begin(), values->end(), value) == values->end())
                return false;
        if (const auto only = schema.find("const"); only != schema.end() && *only != value)
            return false;
        if (value.is_number())
            return number_fits(schema, value);
        return value.is_string() ? string_fits(schema, value) : size_fits(schema, value);
    }

    static bool number_fits(const json& schema, const json& value) {
        const auto below = [&](const char* bound) {
            return schema.contains(bound) && value < schema[bound];
        };
        const auto above = [&](const char* bound) {
            return schema.contains(bound) && value > schema[bound];
        };
        if (schema.contains("exclusiveMinimum") && value <= schema["exclusiveMinimum"])
            return false;
        return !below("minimum") && !above("maximum");
    }

    static bool string_fits(const json& schema, const json& value) {
        const auto& text = value.get_ref<const std::string&>();
        if (const auto pattern = schema.find("pattern"); pattern != schema.end())
            if (!std::regex_search(text, std::regex(pattern->get<std::string>())))
                return false;
        return within(schema, "minLength", "maxLength", text.size());
    }

    static bool size_fits(const json& schema, const json& value) {
        return !value.is_array() || within(schema, "minItems", "maxItems", value.size());
    }

    static bool within(const json& schema, const char* lowest, const char* highest,
                       std::size_t size) {
        return size >= schema.value(lowest, std::size_t{0}) &&
               size <= schema.value(highest, std::numeric_limits<std::size_t>::max());
    }

    static Violation not_allowed(const json& schema, const json& value,
                                 const std::string& pointer) {
        std::string meant;
        if (value.is_string() && schema.contains("enum")) {
            std::vector<std::string> words;
            for (const json& choice : schema["enum"])
                if (choice.is_string())
                    words.push_back(choice.get<std::string>());
            meant = suggestion(value.get<std::string>(), words);
        }
        return {pointer,
                fmt::format("found {}, allowed: {}{}", brief(value), allowed(schema), meant)};
    }

    Finding look_at_object(const json& schema, const json& value,
                           const std::string& pointer) const {
        if (Finding unknown = look_for_unknown_key(schema, value, pointer))
            return unknown;
        if (const auto required = schema.find("required"); required != schema.end())
            for (const json& key : *required)
                if (!value.contains(key.get<std::string>()))
                    return missing(schema, key.get<std::string>(), pointer);
        for (const auto& [key, member] : value.items())
            if (const json* below = Schema::property(schema, key))
                if (Finding finding = look(*below, member, child_pointer(pointer, key)))
                    return finding;
        return std::nullopt;
    }

    static Finding look_for_unknown_key(const json& schema, const json& value,
                                        const std::string& pointer) {
        const auto others = schema.find("additionalProperties");
        if (others == schema.end() || *others != false)
            return std::nullopt;
        std::vector<std::string> known;
        if (const auto properties = schema.find("properties"); properties != schema.end())
            for (const auto& [key, below] : properties->items())
                known.push_back(key);
        for (const auto& [key, member] : value.items())
            if (std::find(known.begin(), known.end(), key) == known.end())
                return Violation{child_pointer(pointer, key),
                                 fmt::format("found an unknown key, allowed: \"{}\"{}",
                                             fmt::join(known, "\", \""), suggestion(key, known))};
        return std::nullopt;
    }

    Violation missing(const json& schema, const std::string& key,
                      const std::string& pointer) const {
        const json* below = Schema::property(schema, key);
        const std::string wanted =
            below != nullptr ? allowed(Schema::resolved(root_, *below)) : "a value";
        return {child_pointer(pointer, key),
                fmt::format("found nothing, but it is required: {}", wanted)};
    }

    Finding look_at_array(const json& schema, const json& value, const std::string& pointer) const {
        if (const json* below = Schema::items(schema))
            for (std::size_t i = 0; i < value.size(); ++i)
                if (Finding finding = look(*below, value[i], child_pointer(pointer, i)))
                    return finding;
        if (schema.value("uniqueItems", false))
            for (std::size_t i = 1; i < value.size(); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    if (value[i] == value[j])
                        return Violation{
                            child_pointer(pointer, i),
                            fmt::format("found {} a second time, allowed: once", brief(value[i]))};
        return std::nullopt;
    }

    const json& root_;
};

} // namespace

std::optional<Violation> explain(const json& schema, const json& value) {
    return Explanation(schema).look(schema, value, "");
}

std::string_view nearest(std::string_view word, const std::vector<std::string>& known) {
    std::string_view best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < least && distance < candidate.size()) {
            least = distance;
            best = candidate;
        }
    }
    if (!best.empty() || word.size() < 3)
        return best;
    const auto begins_so = [word](const std::string& each) { return each.starts_with(word); };
    const auto longer = std::find_if(known.begin(), known.end(), begins_so);
    return longer != known.end() ? std::string_view(*longer) : best;
}

} // namespace tern
