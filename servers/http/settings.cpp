#include "servers/http/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tern::http {
namespace {

using nlohmann::json;

Clock::duration seconds(const json& value) {
    return std::chrono::round<Clock::duration>(std::chrono::duration<double>(value.get<double>()));
}

ExchangeSettings exchange_from(const json& limits) {
    ExchangeSettings settings;
    limits.at("target_bytes").get_to(settings.limits.target_bytes);
    limits.at("header_bytes").get_to(settings.limits.header_bytes);
    limits.at("header_count").get_to(settings.limits.header_fields);
    limits.at("body_bytes").get_to(settings.limits.body_bytes);
    limits.at("requests_per_connection").get_to(settings.requests_per_connection);
    settings.header_timeout = seconds(limits.at("header_timeout_s"));
    settings.body_timeout = seconds(limits.at("body_timeout_s"));
    settings.write_timeout = seconds(limits.at("write_timeout_s"));
    return settings;
}

http2::Limits http2_from(const json& http2, const http1::Limits& limits) {
    http2::Limits settings;
    http2.at("streams").get_to(settings.concurrent_streams);
    http2.at("stream_window_bytes").get_to(settings.stream_window);
    http2.at("connection_window_bytes").get_to(settings.connection_window);
    http2.at("idle_frames_per_second").get_to(settings.idle_frames_per_second);
    http2.at("resets_per_second").get_to(settings.resets_per_second);
    settings.target_bytes = limits.target_bytes;
    settings.header_bytes = limits.header_bytes;
    settings.header_fields = limits.header_fields;
    return settings;
}

std::vector<std::string> without_http2(const json& listeners) {
    std::vector<std::string> names;
    for (const json& listener : listeners)
        if (!listener.at("http2").get<bool>())
            names.push_back(listener.at("name").get<std::string>());
    return names;
}

CompressionSettings compression_from(const json& compression) {
    CompressionSettings settings;
    compression.at("precompressed").get_to(settings.precompressed);
    compression.at("on_the_fly").get_to(settings.on_the_fly);
    compression.at("types").get_to(settings.types);
    compression.at("min_bytes").get_to(settings.min_bytes);
    compression.at("max_bytes").get_to(settings.max_bytes);
    settings.codings.clear();
    for (const json& name : compression.at("codings"))
        settings.codings.push_back(*coding_from(name.get<std::string>()));
    return settings;
}

SiteSettings site_from(const json& site, const Configuration& configuration) {
    SiteSettings settings;
    site.at("hosts").get_to(settings.hosts);
    settings.root = configuration.resolve_path(site.at("root").get<std::string>());
    site.at("index").get_to(settings.index);
    if (site.at("symlinks") == "none")
        settings.symlinks = Symlinks::none;
    settings.compression = compression_from(site.at("compression"));
    if (const json& listing = site.at("listing"); !listing.is_null())
        settings.listing = ListingSettings{listing.at("entries").get<std::size_t>()};
    return settings;
}

CacheSettings cache_from(const json& cache) {
    return {cache.at("bytes").get<std::size_t>(), cache.at("file_bytes").get<std::size_t>(),
            seconds(cache.at("revalidate_s"))};
}

std::optional<AccessSettings> access_from(const json& access, const Configuration& configuration) {
    const auto format = access.at("format").get<std::string>();
    if (format == "off")
        return std::nullopt;
    const auto file = access.at("file").get<std::string>();
    return AccessSettings{format == "json" ? AccessFormat::json : AccessFormat::combined,
                          file.empty() ? file : configuration.resolve_path(file).string()};
}

} // namespace

HttpSettings settings_from(const Configuration& configuration) {
    const json& all = configuration.effective();
    HttpSettings settings;
    settings.exchange = exchange_from(all.at("limits"));
    settings.exchange.http2 = http2_from(all.at("http2"), settings.exchange.limits);
    settings.exchange.without_http2 = without_http2(all.at("listeners"));
    settings.conversation = {seconds(all.at("limits").at("idle_timeout_s")),
                             seconds(all.at("limits").at("last_chance_s"))};
    for (const json& site : all.at("sites"))
        settings.sites.push_back(site_from(site, configuration));
    settings.rate = rate_from(all.at("limits").at("rate"));
    settings.routes = routes_from(configuration);
    const auto is_websocket = [](const RouteSettings& one) {
        return one.handler == "websocket_echo";
    };
    settings.exchange.http2.extended_connect =
        std::any_of(settings.routes.begin(), settings.routes.end(), is_websocket);
    all.at("mime_types").get_to(settings.mime_types);
    settings.cache = cache_from(all.at("cache"));
    settings.access_log = access_from(all.at("log").at("access"), configuration);
    return settings;
}

} // namespace tern::http
