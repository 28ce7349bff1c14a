#pragma once
// Where a session's next data connection comes from: a port that waits for the client (PASV, EPSV),
// or one of the client's that we connect to (PORT, EPRT).

#include "common/base/result.h"
#include "common/base/unique_fd.h"
#include "common/net/address.h"
#include "common/session/session.h"
#include "servers/ftp/settings.h"

#include <poll.h>

#include <memory>

namespace tern::ftp {

class DataDoor {
public:
    /// Listens on a port of the configured range. `client`: who may come. Errors: address_in_use
    /// when the range is exhausted, and others of the system's.
    static Result<std::unique_ptr<DataDoor>> passive(Session& session, const net::Address& local,
                                                     const PassiveSettings& settings,
                                                     const net::Address& client, bool foreign);
    /// Will connect to `target` from the address `local`. Connects only when asked to.
    static std::unique_ptr<DataDoor> active(Session& session, const net::Address& local,
                                            const net::Address& target);
    ~DataDoor();
    DataDoor(const DataDoor&) = delete;
    DataDoor& operator=(const DataDoor&) = delete;

    std::uint16_t port() const noexcept { return port_; }

    struct Attempt {
        UniqueFd socket;       ///< the connection, once there is one
        std::error_code error; ///< or why there never will be
    };
    /// Tries to get the connection; neither of the two: wait for interest() first.
    Attempt attempt();
    pollfd interest() noexcept;

private:
    DataDoor(Session& session, UniqueFd socket) noexcept
        : session_(session), socket_(std::move(socket)) {}

    Attempt accept();
    Attempt connect();

    Session& session_;
    UniqueFd socket_;
    net::Address local_;
    net::Address peer_; ///< who may come, or whom to connect to
    std::uint16_t port_ = 0;
    bool is_passive_ = true;
    bool foreign_ = false;
    bool waited_for_ = false;
};

} // namespace tern::ftp
