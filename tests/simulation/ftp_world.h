#pragma once
// What simulated FTP sessions live in: a server with an anonymous library of one file, which may be
// replaced, and data connections in memory.

#include "common/base/configuration.h"
#include "common/session/task.h"
#include "common/simulation/network.h"
#include "servers/ftp/ftp_service.h"
#include "tests/harness/temporary_folder.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace tern::test {

/// The data connection is there as soon as its port is: the client's end waits to be taken.
class SimulatedDoors final : public ftp::DataDoors {
public:
    SimulatedDoors(simulation::Network& network, simulation::LinkSetup setup) noexcept
        : network_(network), setup_(std::move(setup)) {}

    Result<std::unique_ptr<ftp::DataDoor>> passive(Session&, const net::Address&,
                                                   const net::Address&) override {
        simulation::Network::Ends ends = network_.connect(fine_, fine_, setup_);
        client_end = std::move(ends.client);
        return std::unique_ptr<ftp::DataDoor>(std::make_unique<Door>(std::move(ends.server)));
    }
    std::unique_ptr<ftp::DataDoor> active(Session&, const net::Address&,
                                          const net::Address&) override {
        return nullptr;
    }

    std::unique_ptr<simulation::SimulatedTransport> client_end;

private:
    class Door final : public ftp::DataDoor {
    public:
        explicit Door(std::unique_ptr<net::Transport> end) noexcept : end_(std::move(end)) {}
        std::uint16_t port() const noexcept override { return 1; }
        Attempt attempt() override { return {std::move(end_), {}}; }
        pollfd interest() noexcept override { return {-1, 0, 0}; }

    private:
        std::unique_ptr<net::Transport> end_;
    };

    simulation::Network& network_;
    const simulation::LinkSetup setup_;
    simulation::Weather fine_;
};

class FtpWorld {
public:
    /// The network outlives it.
    FtpWorld(simulation::Network& network, std::unique_ptr<ftp::UploadDisk> disk,
             simulation::LinkSetup data = {});
    ~FtpWorld();
    FtpWorld(const FtpWorld&) = delete;
    FtpWorld& operator=(const FtpWorld&) = delete;

    SimulatedDoors& doors() noexcept { return *doors_; }
    /// One session, from the greeting to the end.
    Task<void> serve(std::unique_ptr<net::Transport> transport);

    static const std::string old; ///< what the library's "file" holds at first
    std::string file() const { return read_file(folder_ / "library/file"); }
    /// How many names the library has, hidden ones too.
    std::size_t names() const;

private:
    class NoHub;
    Configuration configuration() const;

    TemporaryFolder folder_;
    const Configuration configuration_; ///< the service's users are read again from it
    Log log_;
    Metrics metrics_;
    std::unique_ptr<NoHub> runner_;
    SimulatedDoors* doors_ = nullptr; ///< the service's
    std::unique_ptr<ftp::FtpService> service_;
};

/// Of this process.
std::size_t open_descriptors();

} // namespace tern::test
