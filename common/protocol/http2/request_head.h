#pragma once
// The header section of a request (RFC 9113 §8.3.1), collected field by field within the limits.

#include "common/protocol/http/fields.h"
#include "common/protocol/http/status.h"
#include "common/protocol/http2/limits.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http2 {

/// The views are valid until the next section begins.
struct RequestHead {
    std::string_view method;
    std::string_view target;    ///< :path, or for a plain CONNECT :authority
    std::string_view protocol;  ///< of an extended CONNECT (RFC 8441); empty: it is none
    std::string_view authority; ///< or Host: valid, or empty
    std::span<const http::Field> fields;
    std::optional<std::uint64_t> content_length; ///< nothing: the client did not say
    bool has_body = false;
    bool expects_proceed = false; ///< "100-continue"
    bool has_unknown_expectation = false;
    bool has_priority = false;             ///< RFC 9218
    http::Status fault = http::Status::ok; ///< or why it cannot be served
};

/// Checks what nghttp2 does not: it has checked names, values and pseudo-fields.
class HeadCollector {
public:
    /// `limits` outlive the collector.
    explicit HeadCollector(const Limits& limits) noexcept : limits_(limits) {}

    void begin() noexcept;
    /// False: this is so much that it must be meant as harm.
    bool add(std::string_view name, std::string_view value);
    RequestHead finish(bool has_body);

private:
    struct Line {
        std::size_t name;
        std::size_t value;
        std::size_t end; ///< all of them positions in text_
    };
    std::string_view text(std::size_t begin, std::size_t end) const noexcept {
        return std::string_view(text_).substr(begin, end - begin);
    }
    void take(RequestHead& head, std::string_view name, std::string_view value);
    void take_pseudo(RequestHead& head, std::string_view name, std::string_view value);
    void take_regular(RequestHead& head, std::string_view name, std::string_view value) const;

    const Limits& limits_;
    std::string text_;
    std::vector<Line> lines_;
    std::vector<http::Field> fields_;
    std::string_view pseudo_authority_;
    std::string_view host_;
    std::size_t size_ = 0; ///< of all that came, kept or not
    http::Status fault_ = http::Status::ok;
};

} // namespace tern::http2
