#pragma once
// Both clocks of a chat, by hand.

#include "servers/chat/chat_hub.h"

namespace tern::test {

class ManualTime final : public chat::ChatTime {
public:
    Clock::time_point now() const override {
        return Clock::time_point(std::chrono::hours(1) + passed);
    }
    chat::WallClock::time_point wall() const override {
        return chat::WallClock::time_point(std::chrono::hours(500'000)) +
               std::chrono::round<chat::WallClock::duration>(passed);
    }
    Clock::duration passed{};
};

} // namespace tern::test
