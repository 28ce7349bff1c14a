#include "clients/http/load_test.h"

#include "clients/http/request.h"
#include "common/base/clock.h"
#include "common/curl/easy.h"
#include "common/terminal/progress_bar.h"

#include <fmt/format.h>

#include <deque>
#include <stdexcept>

namespace tern::http_client {
namespace {

constexpr int longest_wait_ms = 1000;

std::size_t drop(char*, std::size_t, std::size_t size, void*) noexcept { return size; }

void require(CURLMcode code) {
    if (code != CURLM_OK)
        throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
}

class LoadTest {
public:
    explicit LoadTest(const Options& options);
    ~LoadTest();
    LoadTest(const LoadTest&) = delete;
    LoadTest& operator=(const LoadTest&) = delete;

    LoadResult run();

private:
    void start(Request& request);
    void collect();
    void note(CURL* handle, CURLcode code);

    const unsigned repeat_;
    curl::Multi multi_;
    std::deque<Request> requests_; ///< as many as run at a time, each again and again
    unsigned started_ = 0, ended_ = 0;
    LoadResult result_;
};

LoadTest::LoadTest(const Options& options) : repeat_(options.repeat), multi_(curl::make_multi()) {
    const auto connections = static_cast<long>(options.concurrency);
    require(curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections));
    for (unsigned i = 0; i < options.concurrency; ++i) {
        Request& request = requests_.emplace_back(options);
        curl::require(curl_easy_setopt(request.handle(), CURLOPT_WRITEFUNCTION, drop));
        curl::require(curl_easy_setopt(request.handle(), CURLOPT_PRIVATE, &request));
    }
}

LoadTest::~LoadTest() {
    for (Request& request : requests_)
        curl_multi_remove_handle(multi_.get(), request.handle());
}

void LoadTest::start(Request& request) {
    request.renew();
    require(curl_multi_add_handle(multi_.get(), request.handle()));
    ++started_;
}

void LoadTest::note(CURL* handle, CURLcode code) {
    ++ended_;
    if (code != CURLE_OK) {
        ++result_.errors[curl_easy_strerror(code)];
        return;
    }
    ++result_.statuses[curl::number(handle, CURLINFO_RESPONSE_CODE)];
    result_.latencies.emplace_back(curl::amount(handle, CURLINFO_TOTAL_TIME_T));
    result_.bytes += static_cast<std::uint64_t>(curl::amount(handle, CURLINFO_SIZE_DOWNLOAD_T));
}

void LoadTest::collect() {
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL* const handle = message->easy_handle;
        note(handle, message->data.result);
        require(curl_multi_remove_handle(multi_.get(), handle));
        void* request = nullptr;
        curl_easy_getinfo(handle, CURLINFO_PRIVATE, &request);
        if (started_ < repeat_)
            start(*static_cast<Request*>(request));
    }
}

LoadResult LoadTest::run() {
    terminal::ProgressBar bar(stderr, "");
    const Clock::time_point begun = Clock::now();
    for (Request& request : requests_)
        start(request);
    while (ended_ < repeat_) {
        int running = 0;
        require(curl_multi_perform(multi_.get(), &running));
        collect();
        const Clock::time_point now = Clock::now();
        bar.rename(fmt::format("{} of {}", ended_, repeat_));
        bar.show({result_.bytes, 0, 0, now - begun}, now);
        if (running > 0)
            require(curl_multi_poll(multi_.get(), nullptr, 0, longest_wait_ms, nullptr));
    }
    result_.elapsed = std::chrono::duration_cast<microseconds>(Clock::now() - begun);
    return std::move(result_);
}

} // namespace

LoadResult run_load_test(const Options& options) {
    LoadTest test(options);
    return test.run();
}

} // namespace tern::http_client
