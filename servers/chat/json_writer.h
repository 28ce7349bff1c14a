#pragma once
// JSON for the wire (RFC 8259), appended to a text as it comes, without a tree in between.

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::chat {

/// In quotation marks. What is not UTF-8 is replaced, so the result always is.
void append_json_string(std::string& json, std::string_view text);

/// Writes one object: made at its "{", gone at its "}".
class JsonObject {
public:
    explicit JsonObject(std::string& json) : json_(json) { json_ += '{'; }
    ~JsonObject() { json_ += '}'; }
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;

    JsonObject& add(std::string_view name, std::string_view text) {
        append_json_string(key(name), text);
        return *this;
    }
    JsonObject& add_if(std::string_view name, std::string_view text) {
        return text.empty() ? *this : add(name, text);
    }
    JsonObject& add(std::string_view name, std::uint64_t number) {
        key(name) += std::to_string(number);
        return *this;
    }
    JsonObject& add_flag(std::string_view name, bool value) {
        key(name) += value ? "true" : "false";
        return *this;
    }
    /// `write(json, element)` for each of them.
    template <class Range, class Write>
    JsonObject& add_list(std::string_view name, const Range& range, Write write) {
        key(name) += '[';
        bool is_first = true;
        for (const auto& element : range) {
            if (!is_first)
                json_ += ',';
            is_first = false;
            write(json_, element);
        }
        json_ += ']';
        return *this;
    }

private:
    std::string& key(std::string_view name) {
        if (has_member_)
            json_ += ',';
        has_member_ = true;
        json_.append("\"").append(name).append("\":");
        return json_;
    }

    std::string& json_;
    bool has_member_ = false;
};

} // namespace tern::chat
