#pragma once
// Requests of HTTP/1.1 and 1.0 (RFC 9112): the head, from bytes to views into these bytes.
//
// Sans-I/O: the caller keeps what it has received in one piece of memory and offers it as often as
// it likes. HeadScanner finds the end; then Boost.Beast's basic_parser takes the head apart, once;
// and what Beast lets pass but the RFC forbids is rejected here. The body is BodyReader's.

#include "common/protocol/http/fields.h"
#include "common/protocol/http1/head_scanner.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tern::http1 {

/// Fields of one head; the usual few need no allocation.
class FieldList {
public:
    void add(http::Field field);
    void clear() noexcept { size_ = 0; }
    std::span<const http::Field> fields() const noexcept {
        return {size_ <= few_.size() ? few_.data() : many_.data(), size_};
    }

private:
    std::array<http::Field, 24> few_;
    std::vector<http::Field> many_; ///< all of them, once they are more
    std::size_t size_ = 0;
};

/// How a request's body is delimited (RFC 9112 §6.3).
enum class Framing : unsigned char { none, sized, chunked };

enum class Expectation : unsigned char {
    none,
    proceed, ///< "100-continue"
    unknown, ///< 417
};

/// A request without its body. The views point into the bytes that were parsed.
struct RequestHead {
    std::string_view method;
    std::string_view target;
    std::string_view host;    ///< the Host field's value: valid, and never empty in HTTP/1.1
    std::string_view upgrade; ///< the Upgrade field's value
    std::span<const http::Field> fields;
    unsigned minor_version = 1;
    bool persistent = true; ///< as far as the client is concerned (RFC 9112 §9.3)
    Framing framing = Framing::none;
    Expectation expectation = Expectation::none;
    std::uint64_t content_length = 0;
    std::size_t size = 0; ///< bytes to remove from the front of what was received
};

class RequestParser {
public:
    /// `limits` outlive the parser.
    explicit RequestParser(const Limits& limits) noexcept : limits_(&limits), scanner_(limits) {}

    using Outcome = HeadScanner::Outcome;

    /// `received` begins with this request, and with what earlier calls have seen of it; it may
    /// have moved in memory. After a fault, no request that follows can be trusted.
    Outcome parse(std::string_view received);

    /// When complete; valid until the next parse() and while the bytes stay.
    const RequestHead& head() const noexcept { return head_; }
    /// When bad.
    const Fault& fault() const noexcept { return fault_; }

    /// Whether what was offered to parse(), valid or not, has this beginning, empty lines aside.
    bool begins_as(std::string_view beginning, std::string_view received) const noexcept {
        const std::size_t begin = scanner_.begin();
        return begin <= received.size() && received.substr(begin).starts_with(beginning);
    }

    /// Prepares for the next request, which begins elsewhere.
    void reset() noexcept { scanner_ = HeadScanner(*limits_); }

private:
    const Limits* limits_;
    HeadScanner scanner_;
    FieldList fields_;
    RequestHead head_;
    Fault fault_;
};

} // namespace tern::http1
