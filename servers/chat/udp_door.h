#pragma once
// The UDP door: a datagram a line, for any number of members at one socket.
//
// A first datagram is answered with a token, which only goes to the address that it came from.
// "TOKEN NAME" then enters, "TOKEN LINE" speaks or commands as at the line door, and "TOKEN /ping"
// keeps a silent member there. A datagram without the right token does nothing, so that a spoofed
// source can neither speak for a member nor have much sent to anybody (udp_doorstep.h). What is
// lost is lost.

#include "common/hub/runner.h"
#include "common/net/datagram_socket.h"
#include "common/session/session.h"
#include "servers/chat/door.h"

namespace tern::chat {

/// The members of one socket, for as long as the server runs. All arguments outlive it.
Task<void> serve_datagrams(const DoorContext& context, const net::DatagramSocket& socket,
                           Runner& runner);

} // namespace tern::chat
