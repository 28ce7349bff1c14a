#include "clients/http/exchange.h"

#include "common/terminal/interruption.h"

namespace tern::http_client {

Exchange::Exchange(Request& request, BodySink& sink, terminal::ProgressBar& bar, Direction watched,
                   std::uint64_t already)
    : handle_(request.handle()), sink_(sink), bar_(bar), watched_(watched), already_(already) {
    curl::require(curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_.data()));
    curl::require(curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, on_header));
    curl::require(curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this));
    curl::require(curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, on_body));
    curl::require(curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this));
    curl::require(curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, on_progress));
    curl::require(curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, this));
    curl::require(curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L));
}

std::size_t Exchange::on_header(char* data, std::size_t, std::size_t size, void* self) noexcept {
    static_cast<Exchange*>(self)->head_.take({data, size});
    return size;
}

std::size_t Exchange::on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    return exchange.sink_.take(exchange.head_, {data, size}) ? size : 0;
}

int Exchange::on_progress(void* self, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                          curl_off_t up) noexcept {
    auto& exchange = *static_cast<Exchange*>(self);
    const Clock::time_point now = Clock::now();
    const bool is_upload = exchange.watched_ == Direction::up;
    const auto moved = static_cast<std::uint64_t>(is_upload ? up : down);
    const auto total = static_cast<std::uint64_t>(is_upload ? up_total : down_total);
    const std::uint64_t before = exchange.already_;
    if (is_upload && (moved == total || down > 0))
        exchange.bar_.clear(); // for the answer
    else if (moved > 0)
        exchange.bar_.show(
            {before + moved, total > 0 ? before + total : 0, before, now - exchange.begun_}, now);
    return terminal::Interruption::happened() ? 1 : 0; // 1 ends the exchange
}

std::string Exchange::perform() {
    begun_ = Clock::now();
    const CURLcode code = curl_easy_perform(handle_);
    bar_.clear();
    if (terminal::Interruption::happened())
        return "interrupted";
    if (code != CURLE_OK)
        return error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
    const std::error_code error = sink_.finish(head_);
    return error ? error.message() : "";
}

} // namespace tern::http_client
