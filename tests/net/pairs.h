#pragma once
// Every kind of transport, connected with a peer that a test holds in its hand.

#include "tests/net/peer.h"
#include "tests/net/self_signed.h"

#include "common/net/socket_transport.h"
#include "common/simulation/network.h"

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

namespace tern::test {

struct UnixSocket {
    UnixSocket() {
        auto [ours, theirs] = unix_pair();
        transport = std::make_unique<net::SocketTransport>(std::move(ours));
        peer = std::make_unique<SocketPeer>(std::move(theirs));
    }
    std::unique_ptr<net::Transport> transport;
    std::unique_ptr<Peer> peer;
};

struct TcpSocket {
    TcpSocket() {
        auto [ours, theirs] = tcp_pair();
        transport = std::make_unique<net::SocketTransport>(std::move(ours));
        peer = std::make_unique<SocketPeer>(std::move(theirs));
    }
    std::unique_ptr<net::Transport> transport;
    std::unique_ptr<Peer> peer;
};

struct Tls {
    Tls() {
        auto [ours, theirs] = unix_pair();
        transport = std::make_unique<net::TlsTransport>(std::move(ours), context);
        auto client = std::make_unique<TlsPeer>(std::move(theirs), TlsOffer());
        if (!shake_hands(*transport, *client))
            throw std::runtime_error("no TLS between the two");
        client->receive(); // session tickets
        peer = std::move(client);
    }
    SelfSigned certificate;
    net::TlsContext context{certificate.settings()};
    std::unique_ptr<net::Transport> transport;
    std::unique_ptr<Peer> peer;
};

class SimulatedPeer final : public Peer {
public:
    explicit SimulatedPeer(std::unique_ptr<simulation::SimulatedTransport> end) noexcept
        : end_(std::move(end)) {}
    std::size_t send(std::string_view bytes) override {
        const iovec piece = {const_cast<char*>(bytes.data()), bytes.size()};
        return end_->write({&piece, 1}).bytes;
    }
    std::string receive() override {
        std::string all;
        std::array<char, 1000> buffer;
        for (;;) {
            const net::Progress progress = end_->read(buffer);
            ended_ = ended_ || progress.outcome == net::Progress::Outcome::ended;
            if (progress.outcome != net::Progress::Outcome::moved)
                return all;
            all.append(buffer.data(), progress.bytes);
        }
    }
    bool ended() const override { return ended_; }
    void end() override { end_->shut_down(); }
    void reset() override { end_->reset(); }

private:
    std::unique_ptr<simulation::SimulatedTransport> end_;
    bool ended_ = false;
};

template <bool reads_ahead>
struct Simulated {
    Simulated() {
        simulation::LinkSetup setup;
        setup.reads_ahead = reads_ahead;
        auto ends = network.connect(fine, fine, setup);
        transport = std::move(ends.server);
        peer = std::make_unique<SimulatedPeer>(std::move(ends.client));
    }
    simulation::Weather fine;
    simulation::VirtualTime time;
    simulation::Network network{time};
    std::unique_ptr<net::Transport> transport;
    std::unique_ptr<Peer> peer;
};

inline net::Progress write(net::Transport& transport, std::string_view text) {
    const iovec piece = {const_cast<char*>(text.data()), text.size()};
    return transport.write({&piece, 1});
}

inline net::Progress read(net::Transport& transport, std::string& all, std::size_t portion = 4096) {
    std::string buffer(portion, '\0');
    const net::Progress progress = transport.read(buffer);
    all += buffer.substr(0, progress.bytes);
    return progress;
}

} // namespace tern::test
