#pragma once
// What is asked of the server, put into libcurl's words.

#include "clients/http/arguments.h"
#include "common/curl/easy.h"

#include <cstdio>
#include <memory>
#include <string>

namespace tern::http_client {

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

struct FreeMime {
    void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
};

/// One request that can be sent again and again.
class Request {
public:
    /// Throws std::runtime_error for a file that cannot be read.
    explicit Request(const Options& options);

    CURL* handle() const noexcept { return handle_.get(); }
    /// Another field of the head.
    void add_header(const std::string& line);
    /// For the next sending: from the start of the body, by a handle of its own. A kept connection
    /// may end just as a request leaves; libcurl then tries another one, but no more than five
    /// times in the whole life of a handle.
    void renew();

private:
    void set_method();
    void set_body();
    void set_forms();
    void set_upload();
    void set_connection();

    const Options& options_;
    std::string body_;
    curl::List headers_;
    File upload_;
    curl::Easy handle_;
    std::unique_ptr<curl_mime, FreeMime> mime_; ///< goes before its handle
};

} // namespace tern::http_client
