#pragma once
// Finds the end of a request's head, and rejects what no head may contain, as the bytes come in.
//
// Each byte is looked at once, however slowly they arrive, and the verdict does not depend on how
// they were split. What passes is whole lines that end in CRLF, without control characters and
// without folding: the parser proper need not be incremental.

#include "common/protocol/http/status.h"
#include "common/protocol/http1/limits.h"

#include <cstddef>
#include <string_view>

namespace tern::http1 {

/// Why a request cannot be served. The reason is for logs and error pages.
struct Fault {
    http::Status status = http::Status::bad_request;
    std::string_view reason;
};

class HeadScanner {
public:
    explicit HeadScanner(const Limits& limits) noexcept : limits_(&limits) {}

    enum class Outcome : unsigned char { need_more, complete, bad };

    /// `received` begins with this request and with what earlier calls have seen.
    Outcome scan(std::string_view received);

    /// When complete: where the request line begins (empty lines may precede it), and where the
    /// head ends.
    std::size_t begin() const noexcept { return begin_; }
    std::size_t end() const noexcept { return at_; }
    const Fault& fault() const noexcept { return fault_; }

private:
    Outcome bad(http::Status status, std::string_view reason) noexcept;
    Outcome scan_within(std::string_view window);
    Outcome end_line(std::string_view window);
    Outcome check_request_line(std::string_view line);
    std::size_t window_size() const noexcept;

    const Limits* limits_;
    Fault fault_;
    std::size_t begin_ = 0;
    std::size_t line_ = 0; ///< where the present line begins
    std::size_t at_ = 0;   ///< what is before this was looked at
    std::size_t lines_ = 0;
};

} // namespace tern::http1
