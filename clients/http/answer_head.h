#pragma once
// The head of an answer, as libcurl hands it over line by line.

#include "common/terminal/paint.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http_client {

class AnswerHead {
public:
    /// A status line begins anew: what came before was interim (1xx) or a redirection.
    void take(std::string_view line);

    /// The value of a field; empty if it is not there.
    std::string_view field(std::string_view name) const noexcept;
    long status() const noexcept { return status_; }
    bool is_json() const noexcept;

    /// Status line and fields, fit for a terminal, with an empty line at the end.
    std::string view(const terminal::Paint& paint) const;

private:
    struct Field {
        std::string name, value;
    };
    std::string status_line_;
    long status_ = 0;
    std::vector<Field> fields_;
};

/// Where the bytes of a 206 answer belong: from "bytes 100-199/1000" 100; or nothing.
std::optional<std::size_t> first_byte_of(std::string_view content_range) noexcept;
/// How long the whole is: 1000 from "bytes 100-199/1000" or "bytes */1000"; or nothing.
std::optional<std::size_t> whole_size_of(std::string_view content_range) noexcept;

} // namespace tern::http_client
