#pragma once
// Where what is said and set in rooms is kept beyond the life of the process.

#include "servers/chat/room.h"

#include <string_view>

namespace tern::chat {

class Journal {
public:
    virtual ~Journal() = default;
    /// Called before anybody is told; never blocks on a disk.
    virtual void record(std::string_view room, const Said& said) noexcept = 0;
    virtual void record(std::string_view room, const RoomState& state) noexcept = 0;
};

} // namespace tern::chat
