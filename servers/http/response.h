#pragma once
// A response as handlers make it, whatever wire protocol carries it away.

#include "common/protocol/http/field_lines.h"
#include "common/protocol/http/status.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

/// Part of an open file.
struct FileRegion {
    int descriptor = -1;
    off_t offset = 0;
    std::uint64_t length = 0;
};

/// A piece of a content: bytes, or part of a file.
struct ContentPart {
    std::string_view bytes;
    FileRegion file;

    std::uint64_t length() const noexcept {
        return file.descriptor >= 0 ? file.length : bytes.size();
    }
};

/// Content-Length, Date and Connection are added by who sends it; the content, too, is left out
/// there when the request was HEAD.
struct Response {
    Status status = Status::ok;
    FieldLines fields;
    const FieldLines* prepared = nullptr; ///< further fields, made once for many responses
    std::string_view bytes;               ///< the content: these bytes ...
    FileRegion file;                      ///< ... or this part of a file ...
    std::vector<ContentPart> parts;       ///< ... or, if there are any, these one after the other
    std::shared_ptr<const void> owner;    ///< keeps `prepared` and all content alive
    bool has_built_in_page = false;       ///< which the configuration may replace

    std::uint64_t length() const noexcept;
};

/// With a content of its own.
Response text_response(Status status, std::string_view content_type, std::string content);

/// An error with a small page for people, unless the configuration has a better one.
Response error_response(Status status);

/// A redirection to `location`, which is an encoded path or URL.
Response redirect_response(Status status, std::string_view location);

} // namespace tern::http
