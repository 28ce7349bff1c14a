#pragma once
// The fields of a response, kept as the lines that HTTP/1.1 sends, so that a set that was prepared
// once is written by one copy. Other wire protocols go through them one by one.

#include "common/protocol/http/fields.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::http {

class FieldLines {
public:
    /// Throws std::invalid_argument for what could end the line: no response is ever split.
    void add(std::string_view name, std::string_view value);
    void add(std::string_view name, std::uint64_t value);
    void add(const FieldLines& others) { text_ += others.text_; }

    bool empty() const noexcept { return text_.empty(); }
    /// "Name: value\r\n" for each field.
    const std::string& text() const noexcept { return text_; }

    /// Takes the first field off `text`, which comes from text(). False: there is none left.
    static bool next(std::string_view& text, Field& field) noexcept;

private:
    std::string text_;
};

} // namespace tern::http
