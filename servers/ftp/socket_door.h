#pragma once
// The doors of real data connections: TCP sockets.

#include "servers/ftp/data_door.h"
#include "servers/ftp/settings.h"

namespace tern::ftp {

class SocketDoors final : public DataDoors {
public:
    /// `foreign`: whether others than the client may come. `settings` outlives it.
    SocketDoors(const PassiveSettings& settings, bool foreign) noexcept
        : settings_(settings), foreign_(foreign) {}

    Result<std::unique_ptr<DataDoor>> passive(Session& session, const net::Address& local,
                                              const net::Address& client) override;
    std::unique_ptr<DataDoor> active(Session& session, const net::Address& local,
                                     const net::Address& target) override;

private:
    const PassiveSettings& settings_;
    const bool foreign_;
};

} // namespace tern::ftp
