#include "servers/chat/web_settings.h"

#include <nlohmann/json.hpp>

namespace tern::chat {

WebSettings web_settings_from(const Configuration& configuration) {
    const nlohmann::json& web = configuration.effective().at("web");
    WebSettings settings;
    web.at("origins").get_to(settings.origins);
    web.at("message_bytes").get_to(settings.longest_message);
    web.at("compression").get_to(settings.deflate);
    settings.ping_interval = std::chrono::round<Clock::duration>(
        std::chrono::duration<double>(web.at("ping_interval_s").get<double>()));
    return settings;
}

} // namespace tern::chat
