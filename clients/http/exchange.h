#pragma once
// One request and its answer.

#include "clients/http/answer_head.h"
#include "clients/http/body_sink.h"
#include "clients/http/request.h"
#include "common/terminal/progress_bar.h"

#include <array>
#include <string>

namespace tern::http_client {

enum class Direction : unsigned char { up, down };

class Exchange {
public:
    /// `watched`: whose progress the bar shows. `already`: bytes of the body that an earlier
    /// attempt has brought.
    Exchange(Request& request, BodySink& sink, terminal::ProgressBar& bar, Direction watched,
             std::uint64_t already = 0);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// Empty, or why there was no whole answer.
    std::string perform();
    const AnswerHead& head() const noexcept { return head_; }

private:
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) noexcept;
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) noexcept;
    static int on_progress(void* self, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                           curl_off_t up) noexcept;

    CURL* handle_;
    BodySink& sink_;
    terminal::ProgressBar& bar_;
    const Direction watched_;
    const std::uint64_t already_;
    Clock::time_point begun_;
    AnswerHead head_;
    std::array<char, CURL_ERROR_SIZE> error_{};
};

} // namespace tern::http_client
