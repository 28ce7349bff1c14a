#pragma once
// Clients that are slow on purpose, as those of slowhttptest: each takes a place in the server for
// as long as it may, and hardly does anything with it.

#include "tests/conformance/server.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tern::endurance {

enum class Slowness {
    shaking,     ///< begins the TLS handshake, and sends it byte by byte
    heading,     ///< sends the header byte by byte (slowhttptest -H)
    sending,     ///< sends the body byte by byte (-B)
    receiving,   ///< reads a large file a few bytes at a time (-X)
    disregarding ///< asks for a large file and reads nothing
};

class SlowClient {
public:
    /// Connects, and sends what it sends at once.
    SlowClient(const conformance::Server& server, Slowness slowness);

    /// A byte more, or a few. False when the server has ended the connection.
    bool go_on();
    /// Leaves without a trace: no port waits for stray packets.
    void leave() { socket_.reset(); }

private:
    bool take_a_few_bytes();

    Slowness slowness_;
    conformance::ClientSocket socket_;
};

class Crowd {
public:
    /// `count` clients, of each slowness in turn.
    Crowd(const conformance::Server& server, std::size_t count,
          std::span<const Slowness> slownesses);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    /// Some of them, `count` at most, go on; those who were sent away leave. Everybody has their
    /// turn.
    void go_on(std::size_t count);

    std::size_t size() const noexcept { return clients_.size(); }

private:
    std::vector<SlowClient> clients_;
    std::size_t next_ = 0;
};

} // namespace tern::endurance
