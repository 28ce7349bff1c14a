#pragma once
// What the configuration says about the web door.

#include "common/base/clock.h"
#include "common/base/configuration.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tern::chat {

struct WebSettings {
    std::vector<std::string> origins; ///< pages that may come; empty: those of this door
    std::size_t longest_message = 16'384;
    Clock::duration ping_interval = std::chrono::seconds(30);
    bool deflate = true;
};

/// `configuration` fulfils the schema of the chat server.
WebSettings web_settings_from(const Configuration& configuration);

} // namespace tern::chat
