#include "servers/http/route_settings.h"

#include "common/base/json_text.h"
#include "common/base/password.h"
#include "common/base/result.h"
#include "common/protocol/http/fields.h"
#include "servers/http/configured_file.h"
#include "servers/http/mime_types.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tern::http {
namespace {

using nlohmann::json;

constexpr Methods reading = {Method::get, Method::head};
constexpr Methods any = {Method::get, Method::head,   Method::post,
                         Method::put, Method::remove, Method::patch};

/// What a kind of handler can do, and what it does unless the route says otherwise.
struct Kind {
    std::string_view name;
    Methods possible = reading;
    Methods usual = {Method::get};
    bool has_options = false; ///< a key of the route that is named like the kind
};
constexpr std::array kinds = {
    Kind{"health"},
    Kind{"metrics"},
    Kind{"files"},
    Kind{"time"},
    Kind{"fixed", any, {Method::get}, true},
    Kind{"redirect", any, {Method::get}, true},
    Kind{"echo", any, {Method::get}, true},
    Kind{"websocket_echo", {Method::get}, {Method::get}, true},
    Kind{"upload",
         {Method::post, Method::put, Method::remove, Method::make_folder},
         {Method::post, Method::put, Method::remove},
         true},
};
constexpr Kind echo_of_body = {"echo", {Method::post, Method::put}, {Method::post}, true};
/// At one path there is one folder, and no names to put or to remove.
constexpr Kind upload_to_one_path = {"upload", {Method::post}, {Method::post}, true};

/// These are the connection's, not the route's.
constexpr std::array<std::string_view, 9> own_fields = {
    "Connection", "Content-Length", "Date",    "Keep-Alive",       "Server",
    "TE",         "Trailer",        "Upgrade", "Transfer-Encoding"};

/// These depend on what the handler answers.
constexpr std::array<std::string_view, 9> handlers_fields = {
    "Accept-Ranges", "Allow",    "Content-Encoding", "Content-Range",   "Content-Type",
    "ETag",          "Location", "Last-Modified",    "WWW-Authenticate"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::any_of(names.begin(), names.end(),
                       [name](std::string_view each) { return equal_ignoring_case(each, name); });
}

/// One route, and where it is.
class Reader {
public:
    Reader(const json& route, std::string pointer, const Configuration& configuration)
        : route_(route), pointer_(std::move(pointer)), configuration_(configuration) {}

    RouteSettings read() const {
        RouteSettings settings;
        route_.at("path").get_to(settings.path);
        route_.at("handler").get_to(settings.handler);
        check_options(settings.handler);
        const Kind* kind = &*std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) {
            return each.name == settings.handler;
        });
        if (!route_.at("body_bytes").is_null())
            settings.body_bytes = route_.at("body_bytes").get<std::uint64_t>();
        read_additions(settings);
        if (kind->name == "fixed")
            settings.fixed = fixed(route_.at("fixed"));
        else if (kind->name == "redirect")
            settings.redirect = redirect(route_.at("redirect"), settings.path);
        else if (kind->name == "echo" && read_echo(settings) == EchoKind::body)
            kind = &echo_of_body;
        else if (kind->name == "websocket_echo")
            settings.websocket_echo = websocket_echo(route_.at("websocket_echo"));
        else if (kind->name == "upload" && !read_upload(settings).path.ends_with('*'))
            kind = &upload_to_one_path;
        settings.methods = methods(*kind);
        settings.upload.folders = settings.methods.contains(Method::make_folder);
        return settings;
    }

private:
    ConfigurationError error(std::string_view key, std::string_view complaint) const {
        return configuration_.error(child_pointer(pointer_, key), complaint);
    }

    /// Options are for their own kind of handler only, which cannot do without them.
    void check_options(const std::string& handler) const {
        for (const Kind& kind : kinds) {
            const std::string name(kind.name);
            if (!kind.has_options)
                continue;
            if (kind.name == handler && route_.at(name).is_null())
                throw error(name, "found nothing, but the handler requires it");
            if (kind.name != handler && !route_.at(name).is_null())
                throw error(name, fmt::format("found, but the handler is {}", handler));
        }
    }

    void read_additions(RouteSettings& settings) const {
        const std::string pointer = child_pointer(pointer_, "headers");
        for (const auto& [name, value] : route_.at("headers").items()) {
            if (is_one_of(name, handlers_fields))
                throw configuration_.error(child_pointer(pointer, name),
                                           "found a header that is the handler's business");
            add_field(settings.fields, name, value.get<std::string>(),
                      child_pointer(pointer, name));
        }
        settings.rate = rate_from(route_.at("rate"));
        if (!route_.at("cors").is_null())
            settings.cors = cors(route_.at("cors"));
        if (!route_.at("authentication").is_null())
            settings.authentication = authentication(route_.at("authentication"));
    }

    CorsSettings cors(const json& options) const {
        CorsSettings settings;
        options.at("origins").get_to(settings.origins);
        options.at("headers").get_to(settings.headers);
        options.at("expose").get_to(settings.exposed);
        options.at("credentials").get_to(settings.credentials);
        options.at("max_age_s").get_to(settings.max_age_s);
        const std::string pointer = child_pointer(pointer_, "cors");
        for (const char* const key : {"origins", "headers"}) {
            const json& list = options.at(key);
            if (list.size() > 1 && std::find(list.begin(), list.end(), "*") != list.end())
                throw configuration_.error(child_pointer(pointer, key),
                                           R"(found "*" beside others, allowed: "*" alone)");
        }
        if (settings.credentials && settings.origins.front() == "*")
            throw configuration_.error(child_pointer(pointer, "origins"),
                                       "found \"*\", allowed with credentials: origins by name");
        return settings;
    }

    AuthenticationSettings authentication(const json& options) const {
        AuthenticationSettings settings;
        options.at("realm").get_to(settings.realm);
        options.at("users").get_to(settings.users);
        const std::string pointer =
            child_pointer(child_pointer(pointer_, "authentication"), "users");
        if (settings.users.empty())
            throw configuration_.error(pointer, "found nobody, allowed: at least one user");
        for (const auto& [name, hash] : settings.users) {
            if (name.empty() || name.find(':') != std::string::npos) // RFC 7617 §2
                throw configuration_.error(child_pointer(pointer, name),
                                           "found a name that is empty or has a colon");
            if (!is_password_hash(hash)) // which is not shown: it may be the password itself
                throw configuration_.error(
                    child_pointer(pointer, name),
                    "found no hash that libcrypt knows, allowed: one as mkpasswd writes");
        }
        return settings;
    }

    Methods methods(const Kind& kind) const {
        const json& names = route_.at("methods");
        if (names.is_null())
            return kind.usual;
        Methods result;
        for (const json& each : names) {
            const Method method = method_from(each.get<std::string>());
            if (!kind.possible.contains(method))
                throw error("methods", fmt::format("found {}, allowed here: {}", brief(each),
                                                   kind.possible.to_string()));
            result.add(method);
        }
        return result;
    }

    FixedSettings fixed(const json& options) const {
        FixedSettings settings;
        settings.status = static_cast<Status>(options.at("status").get<unsigned>());
        const json& fields = options.at("headers");
        const std::string pointer = child_pointer(pointer_, "fixed");
        bool has_type = false;
        for (const auto& [name, value] : fields.items()) {
            add_field(settings.fields, name, value.get<std::string>(),
                      child_pointer(child_pointer(pointer, "headers"), name));
            has_type = has_type || equal_ignoring_case(name, "Content-Type");
        }
        const auto file = options.at("file").get<std::string>();
        std::string_view type = "text/plain; charset=utf-8";
        const MimeTypes types(
            configuration_.effective().at("mime_types").get<std::map<std::string, std::string>>());
        options.at("text").get_to(settings.content);
        if (!file.empty() && !settings.content.empty())
            throw configuration_.error(child_pointer(pointer, "file"),
                                       "found beside a text, allowed: one of the two");
        if (!file.empty()) {
            settings.content =
                read_configured_file(configuration_, child_pointer(pointer, "file"), file);
            type = types.type_of(file);
        }
        if (!has_type && !settings.content.empty())
            settings.fields.add("Content-Type", type);
        return settings;
    }

    void add_field(FieldLines& fields, const std::string& name, const std::string& value,
                   const std::string& pointer) const {
        if (is_one_of(name, own_fields))
            throw configuration_.error(pointer, "found a header that the server itself writes");
        try {
            fields.add(name, value);
        } catch (const std::invalid_argument& invalid) {
            throw configuration_.error(pointer, invalid.what());
        }
    }

    RedirectSettings redirect(const json& options, std::string_view path) const {
        RedirectSettings settings;
        options.at("target").get_to(settings.target);
        settings.status = static_cast<Status>(options.at("status").get<unsigned>());
        if (settings.target.ends_with('*') && !path.ends_with('*'))
            throw configuration_.error(child_pointer(child_pointer(pointer_, "redirect"), "target"),
                                       "found a *, but the route's path has none");
        return settings;
    }

    static WebsocketEchoSettings websocket_echo(const json& options) {
        WebsocketEchoSettings settings;
        options.at("origins").get_to(settings.origins);
        options.at("message_bytes").get_to(settings.longest_message);
        options.at("compression").get_to(settings.deflate);
        settings.ping_interval = std::chrono::round<Clock::duration>(
            std::chrono::duration<double>(options.at("ping_interval_s").get<double>()));
        return settings;
    }

    EchoKind read_echo(RouteSettings& settings) const {
        const json& of = route_.at("echo").at("of");
        settings.echo = of == "body"      ? EchoKind::body
                        : of == "headers" ? EchoKind::headers
                                          : EchoKind::request;
        return settings.echo;
    }

    const RouteSettings& read_upload(RouteSettings& settings) const {
        const json& options = route_.at("upload");
        settings.upload.folder =
            configuration_.resolve_path(options.at("folder").get<std::string>());
        options.at("overwrite").get_to(settings.upload.overwrite);
        options.at("create_folders").get_to(settings.upload.create_folders);
        options.at("fsync").get_to(settings.upload.sync);
        options.at("files").get_to(settings.upload.files);
        return settings;
    }

    const json& route_;
    const std::string pointer_;
    const Configuration& configuration_;
};

} // namespace

std::optional<RateSettings> rate_from(const json& rate) {
    if (rate.is_null())
        return std::nullopt;
    return RateSettings{rate.at("requests_per_second").get<double>(),
                        rate.at("burst").get<unsigned>()};
}

std::vector<RouteSettings> routes_from(const Configuration& configuration) {
    std::vector<RouteSettings> routes;
    for (const json& route : configuration.effective().at("routes")) {
        std::string pointer = child_pointer("/routes", routes.size());
        routes.push_back(Reader(route, std::move(pointer), configuration).read());
    }
    return routes;
}

} // namespace tern::http
