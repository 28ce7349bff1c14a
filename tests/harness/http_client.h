#pragma once
// Reads responses of HTTP/1.1 off a ClientSocket, strictly: what a lenient client would forgive is
// an exception here.

#include "tests/harness/client_socket.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::test {

class BadResponse : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct HttpResponse {
    std::string version; ///< "HTTP/1.1"
    int status = 0;
    std::string reason;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    bool has(std::string_view name) const;
    /// The value of the only field of this name; empty if there is none. Throws BadResponse if
    /// there are several.
    std::string field(std::string_view name) const;
    /// Whether the server says that the connection ends (RFC 9112 §9.3).
    bool closes() const;
};

enum class BodyRule {
    as_said, ///< by Content-Length, chunked, or up to the end (RFC 9112 §6.3)
    none,    ///< the answer to HEAD
};

/// Interim responses (1xx) are returned like others.
HttpResponse read_response_head(ClientSocket& socket);
HttpResponse read_response(ClientSocket& socket, BodyRule rule = BodyRule::as_said);

/// A request without a body; `fields` are whole lines with CR LF.
std::string request(std::string_view method, std::string_view target, std::string_view fields = "",
                    std::string_view version = "HTTP/1.1");

/// Empty if the texts are the same; else where they differ, without printing megabytes.
std::string difference(std::string_view got, std::string_view wanted);

} // namespace tern::test
