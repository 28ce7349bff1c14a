#pragma once
// What the server's own part of the configuration says.

#include "common/base/configuration.h"
#include "servers/http/access_log.h"
#include "servers/http/exchange.h"
#include "servers/http/file_cache.h"
#include "servers/http/files_handler.h"
#include "servers/http/http_service.h"
#include "servers/http/route_settings.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tern::http {

struct AccessSettings {
    AccessFormat format = AccessFormat::combined;
    std::string file; ///< empty: standard output
};

struct HttpSettings {
    ExchangeSettings exchange;
    ConversationSettings conversation;
    std::vector<SiteSettings> sites;
    std::vector<RouteSettings> routes;
    std::map<std::string, std::string> mime_types;
    CacheSettings cache;
    std::optional<AccessSettings> access_log;
    std::optional<RateSettings> rate; ///< of each address, whatever it asks for
};

/// `configuration` fulfils the schema of the HTTP server. Throws ConfigurationError for what a
/// schema cannot say.
HttpSettings settings_from(const Configuration& configuration);

} // namespace tern::http
