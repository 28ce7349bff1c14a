#pragma once
// What the configuration says of routes.

#include "common/base/configuration.h"
#include "common/base/keyed_rates.h"
#include "common/protocol/http/field_lines.h"
#include "common/protocol/http/status.h"
#include "servers/http/authenticator.h"
#include "servers/http/cors.h"
#include "servers/http/request.h"
#include "servers/http/websocket_echo.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tern::http {

struct FixedSettings {
    Status status = Status::ok;
    FieldLines fields; ///< with a Content-Type if there is a content
    std::string content;
};

struct RedirectSettings {
    std::string target;
    Status status = Status::found;
};

enum class EchoKind : unsigned char { request, headers, body };

struct UploadSettings {
    std::filesystem::path folder;
    bool overwrite = true;
    bool create_folders = false;
    bool folders = false;   ///< clients may make them, and remove empty ones
    bool sync = true;       ///< before the answer, what was stored is safe on the disk
    std::size_t files = 16; ///< of one form
};

struct RouteSettings {
    std::string path;
    Methods methods;
    std::string handler;
    std::optional<std::uint64_t> body_bytes; ///< instead of the server's limit
    FieldLines fields;                       ///< added to every answer of the handler
    std::optional<CorsSettings> cors;
    std::optional<AuthenticationSettings> authentication;
    std::optional<RateSettings> rate; ///< of each address
    FixedSettings fixed;
    RedirectSettings redirect;
    EchoKind echo = EchoKind::request;
    UploadSettings upload;
    WebsocketEchoSettings websocket_echo;
};

/// A "rate" of the configuration; nothing for null.
std::optional<RateSettings> rate_from(const nlohmann::json& rate);

/// All of "routes". `configuration` fulfils the schema of the HTTP server. Throws
/// ConfigurationError for what a schema cannot say.
std::vector<RouteSettings> routes_from(const Configuration& configuration);

} // namespace tern::http
