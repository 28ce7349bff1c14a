#include "common/base/schema.h"

#include "common/base/json_text.h"
#include "common/base/schema_explanation.h"

#include <nlohmann/json.hpp>
// valijson's own code does not pass our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

namespace tern {
namespace {

using nlohmann::json;

void fill(const json& root, const json& unresolved, json& value) {
    const json& node = Schema::resolved(root, unresolved);
    if (value.is_object() && node.contains("properties")) {
        for (const auto& [key, below] : node["properties"].items()) {
            // A default beside "$ref" goes before the one behind it.
            const json& target = Schema::resolved(root, below);
            if (!value.contains(key) && below.contains("default"))
                value[key] = below["default"];
            else if (!value.contains(key) && target.contains("default"))
                value[key] = target["default"];
        }
    }
    if (value.is_object()) {
        for (auto& [key, member] : value.items())
            if (const json* below = Schema::property(node, key))
                fill(root, *below, member);
    } else if (value.is_array()) {
        if (const json* below = Schema::items(node))
            for (json& item : value)
                fill(root, *below, item);
    }
}

/// valijson's context is "<root>", "[listeners]", "[0]", …
std::string pointer_from(const std::vector<std::string>& context) {
    std::string pointer;
    for (const std::string& step : context)
        if (step.size() >= 2 && step.front() == '[' && step.back() == ']')
            pointer = child_pointer(pointer, std::string_view(step).substr(1, step.size() - 2));
    return pointer;
}

} // namespace

Schema::Schema(std::string_view text) : root_(std::make_unique<json>(parse_json(text))) {}

Schema::~Schema() = default;

const json& Schema::resolved(const json& root, const json& node) {
    const json* current = &node;
    while (current->is_object() && current->contains("$ref")) {
        const auto& reference = (*current)["$ref"].get_ref<const std::string&>();
        current = &root.at(json::json_pointer(reference.substr(1))); // without the "#"
    }
    return *current;
}

const json* Schema::property(const json& node, std::string_view key) {
    if (const auto properties = node.find("properties"); properties != node.end())
        if (const auto found = properties->find(key); found != properties->end())
            return &*found;
    const auto others = node.find("additionalProperties");
    return others != node.end() && others->is_object() ? &*others : nullptr;
}

const json* Schema::items(const json& node) {
    const auto found = node.find("items");
    return found != node.end() && found->is_object() ? &*found : nullptr;
}

void Schema::fill_defaults(json& value) const { fill(*root_, *root_, value); }

std::optional<Violation> Schema::check(const json& value) const {
    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(*root_), schema);

    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(value), &results))
        return std::nullopt;
    if (auto explained = explain(*root_, value))
        return explained;
    // A rule that explain() does not know: valijson's own words about the deepest place.
    Violation violation;
    for (const auto& error : results) {
        std::string pointer = pointer_from(error.context);
        if (violation.complaint.empty() || pointer.size() > violation.pointer.size())
            violation = {std::move(pointer), error.description};
    }
    return violation;
}

} // namespace tern
