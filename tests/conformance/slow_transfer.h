#pragma once
// Downloads that are under way for as long as a test wants: the server has sent what the sockets
// hold, and waits.

#include "tests/conformance/server.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tern::conformance {

class SlowTransfer {
public:
    /// Asks for 10m.bin and reads the head and a few bytes.
    explicit SlowTransfer(const Server& server);

    /// Reads the rest. Empty if all bytes came and were right, else what was wrong.
    std::string finish();

    ClientSocket& client() noexcept { return client_; }

private:
    ClientSocket client_;
    std::string body_;
};

/// As many as the strategy serves at the same time, but not more than `most`.
std::vector<SlowTransfer> start_transfers(const Server& server, std::size_t most,
                                          std::size_t workers);

/// Runs `body` in `count` threads at once, which begin together; returns how many of them
/// returned true. What they throw is printed and counts as false.
std::size_t concurrently(std::size_t count, const std::function<bool(std::size_t)>& body);

} // namespace tern::conformance
