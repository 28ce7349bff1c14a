#include "tests/conformance/slow_transfer.h"

#include "tests/conformance/site.h"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

namespace tern::conformance {
namespace {

constexpr const char* file = "10m.bin";
constexpr std::size_t first_bytes = 1000;

SocketOptions slow() {
    SocketOptions options;
    options.receive_buffer = 16384;
    return options;
}

} // namespace

SlowTransfer::SlowTransfer(const Server& server) : client_(server.connect(slow())) {
    client_.send_all(test::request("GET", '/' + std::string(file)));
    const HttpResponse head = test::read_response_head(client_);
    if (head.status != 200)
        throw test::BadResponse("no transfer: " + std::to_string(head.status));
    body_ = client_.read_exactly(first_bytes);
}

std::string SlowTransfer::finish() try {
    const std::string& whole = site().content(file);
    body_ += client_.read_exactly(whole.size() - body_.size());
    return test::difference(body_, whole);
} catch (const std::exception& error) {
    return error.what();
}

std::vector<SlowTransfer> start_transfers(const Server& server, std::size_t most,
                                          std::size_t workers) {
    const std::size_t at_once = model().clients_at_once(workers);
    const std::size_t count = at_once == 0 ? most : std::min(most, at_once);
    std::vector<SlowTransfer> transfers;
    for (std::size_t i = 0; i < count; ++i)
        transfers.emplace_back(server);
    return transfers;
}

std::size_t concurrently(std::size_t count, const std::function<bool(std::size_t)>& body) {
    std::atomic<std::size_t> successes = 0;
    const auto guarded = [&](std::size_t index) {
        try {
            if (body(index))
                ++successes;
        } catch (const std::exception& error) {
            std::cerr << "client " << index << ": " << error.what() << std::endl;
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i)
        threads.emplace_back(guarded, i);
    for (std::thread& thread : threads)
        thread.join();
    return successes;
}

} // namespace tern::conformance
