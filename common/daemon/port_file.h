#pragma once
// Tells scripts and tests where a server really listens, once it does.

#include "common/net/datagram_socket.h"
#include "common/net/listener.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace tern::daemon {

/// Writes one line "NAME ADDRESS PORT" for each listener, in their order, `metrics` last if it is
/// there; a Unix socket's port is 0. The file appears complete or not at all. Throws
/// std::system_error that names it.
void write_port_file(const std::filesystem::path& file, std::span<const net::Listener> listeners,
                     std::span<const net::DatagramSocket> datagrams = {},
                     const net::Listener* metrics = nullptr);

/// The ports in such a file, by the listener's name. Throws std::runtime_error that names the file.
std::map<std::string, std::uint16_t> read_port_file(const std::filesystem::path& file);

} // namespace tern::daemon
