#pragma once
// Where a session's next data connection comes from: a port that waits for the client (PASV, EPSV),
// or one of the client's that we connect to (PORT, EPRT). Sockets' doors are in socket_door.h;
// simulations have others.

#include "common/base/result.h"
#include "common/net/address.h"
#include "common/net/transport.h"
#include "common/session/session.h"

#include <poll.h>

#include <cstdint>
#include <memory>

namespace tern::ftp {

class DataDoor {
public:
    DataDoor() = default;
    DataDoor(const DataDoor&) = delete;
    DataDoor& operator=(const DataDoor&) = delete;
    virtual ~DataDoor() = default;

    /// Where the client is to connect to.
    virtual std::uint16_t port() const noexcept = 0;

    struct Attempt {
        std::unique_ptr<net::Transport> connection; ///< once there is one, plain
        std::error_code error;                      ///< or why there never will be
    };
    /// Tries to get the connection; neither of the two: wait for interest() first.
    virtual Attempt attempt() = 0;
    virtual pollfd interest() noexcept = 0;
};

/// Makes doors for sessions. Thread-safe.
class DataDoors {
public:
    DataDoors() = default;
    DataDoors(const DataDoors&) = delete;
    DataDoors& operator=(const DataDoors&) = delete;
    virtual ~DataDoors() = default;

    /// Listens on the address `local`. `client`: who may come. Errors: address_in_use when no port
    /// is free, and others of the system's.
    virtual Result<std::unique_ptr<DataDoor>> passive(Session& session, const net::Address& local,
                                                      const net::Address& client) = 0;
    /// Will connect to `target` from the address `local`. Connects only when asked to.
    virtual std::unique_ptr<DataDoor> active(Session& session, const net::Address& local,
                                             const net::Address& target) = 0;
};

} // namespace tern::ftp
