#pragma once
// Reads JSON as people write it: with comments, and with mistakes that deserve a clear word.

#include <nlohmann/json_fwd.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace tern {

/// what() is one line.
class JsonTextError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// "3:14: syntax error …": line and column, then what was expected.
class JsonSyntaxError : public JsonTextError {
public:
    using JsonTextError::JsonTextError;
};

/// Throws JsonSyntaxError; and JsonTextError ("/limits/idle: …") for a key that an object has
/// twice, of which other readers would silently take one.
nlohmann::json parse_json(std::string_view text);

/// Its opposite: for people, indented by four spaces.
std::string write_json(const nlohmann::json& value);

/// `pointer` (a JSON pointer, RFC 6901) and one more step.
std::string child_pointer(std::string_view pointer, std::string_view key);
std::string child_pointer(std::string_view pointer, std::size_t index);

/// What a value looks like in a message: JSON, but short, in one line and without surprises.
std::string brief(const nlohmann::json& value);

} // namespace tern
