#pragma once
// Writes the head of a response (RFC 9112 §4) to the end of a text; allocates only if that must
// grow. Field values are the caller's: nothing that a peer sent may come here unchecked.

#include "common/protocol/http/status.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::http1 {

class ResponseHead {
public:
    /// Begins with the status line. We always speak as HTTP/1.1 (RFC 9110 §2.5).
    ResponseHead(std::string& text, http::Status status);

    ResponseHead& field(std::string_view name, std::string_view value);
    ResponseHead& field(std::string_view name, std::uint64_t value);
    /// Whole lines, each with its CRLF, that were prepared earlier.
    ResponseHead& lines(std::string_view lines);
    void end();

private:
    std::string& text_;
};

/// The interim response that asks for the body (RFC 9110 §15.2.1).
inline constexpr std::string_view proceed_response = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace tern::http1
