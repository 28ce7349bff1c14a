#pragma once
// A JSON Schema (draft 7), as far as a configuration needs it: checks a value, completes it with
// the defaults, and says what is wrong as one would say it to a person.
//
// valijson decides whether a value is valid. Its messages do not say what was found and what is
// allowed, so the explanation is looked for again, in the same schema (schema_explanation.h).

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern {

struct Violation {
    std::string pointer;   ///< JSON pointer to the place
    std::string complaint; ///< what was found there, and what is allowed
};

class Schema {
public:
    /// Throws JsonTextError; that a schema is no schema is a bug of ours.
    explicit Schema(std::string_view text);
    ~Schema();
    Schema(const Schema&) = delete;
    Schema& operator=(const Schema&) = delete;

    /// Adds every key that is missing and has a "default", at every depth. What has the wrong type
    /// is left for check().
    void fill_defaults(nlohmann::json& value) const;

    /// Empty if the value is valid.
    std::optional<Violation> check(const nlohmann::json& value) const;

    /// A schema's node, or the node that its "$ref" ("#/definitions/…") names.
    static const nlohmann::json& resolved(const nlohmann::json& root, const nlohmann::json& node);
    /// The schema of an object's property or of an array's items; null if it has none.
    static const nlohmann::json* property(const nlohmann::json& node, std::string_view key);
    static const nlohmann::json* items(const nlohmann::json& node);

private:
    std::unique_ptr<nlohmann::json> root_;
};

} // namespace tern
