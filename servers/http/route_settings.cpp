#include "servers/http/route_settings.h"

#include "common/base/json_text.h"
#include "common/base/result.h"
#include "common/protocol/http/fields.h"
#include "servers/http/mime_types.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
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
    Kind{"upload",
         {Method::post, Method::put, Method::remove},
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
        if (kind->name == "fixed")
            settings.fixed = fixed(route_.at("fixed"));
        else if (kind->name == "redirect")
            settings.redirect = redirect(route_.at("redirect"), settings.path);
        else if (kind->name == "echo" && read_echo(settings) == EchoKind::body)
            kind = &echo_of_body;
        else if (kind->name == "upload" && !read_upload(settings).path.ends_with('*'))
            kind = &upload_to_one_path;
        settings.methods = methods(*kind);
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

    Methods methods(const Kind& kind) const {
        const json& names = route_.at("methods");
        if (names.is_null())
            return kind.usual;
        Methods result;
        for (const json& each : names) {
            const Method method = method_from(each.get<std::string>());
            if (!kind.possible.contains(method))
                throw error("methods", fmt::format("found {}, allowed here: {}", each.dump(),
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
            settings.content = read_file(file, child_pointer(pointer, "file"));
            type = types.type_of(file);
        }
        if (!has_type && !settings.content.empty())
            settings.fields.add("Content-Type", type);
        return settings;
    }

    std::string read_file(const std::string& name, const std::string& pointer) const {
        const std::filesystem::path path = configuration_.resolve_path(name);
        std::ifstream file(path, std::ios::binary);
        std::string content(std::istreambuf_iterator<char>(file), {});
        if (!file.is_open() || file.bad() || !std::filesystem::is_regular_file(path))
            throw configuration_.error(
                pointer,
                fmt::format("found {}, allowed: a file that can be read", json(name).dump()));
        return content;
    }

    void add_field(FieldLines& fields, const std::string& name, const std::string& value,
                   const std::string& pointer) const {
        const auto is_name = [&name](std::string_view own) {
            return equal_ignoring_case(own, name);
        };
        if (std::any_of(own_fields.begin(), own_fields.end(), is_name))
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

std::vector<RouteSettings> routes_from(const Configuration& configuration) {
    std::vector<RouteSettings> routes;
    for (const json& route : configuration.effective().at("routes")) {
        std::string pointer = child_pointer("/routes", routes.size());
        routes.push_back(Reader(route, std::move(pointer), configuration).read());
    }
    return routes;
}

} // namespace tern::http
