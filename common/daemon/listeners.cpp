#include "common/daemon/listeners.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <exception>
#include <optional>

namespace tern::daemon {
namespace {

using nlohmann::json;

std::optional<net::TlsSettings> tls_settings(const json& tls, const Configuration& configuration,
                                             const std::vector<std::string>& alpn) {
    if (tls.is_null())
        return std::nullopt;
    net::TlsSettings settings;
    settings.certificate = configuration.resolve_path(tls.at("certificate").get<std::string>());
    settings.key = configuration.resolve_path(tls.at("key").get<std::string>());
    settings.minimum_version = tls.at("minimum_version").get<std::string>();
    settings.alpn = alpn;
    settings.read_ahead = !alpn.empty(); // a protocol with a name there is spoken to the end
    return settings;
}

void check_address(const net::ListenerSettings& settings, const Configuration& configuration,
                   const std::string& pointer) {
    if (net::Address::parse(settings.address, settings.port))
        return;
    throw configuration.error(
        pointer + "/address",
        fmt::format("found \"{}\", allowed: an IPv4 or IPv6 address in numbers, or a Unix socket's "
                    "path that starts with / or @ and is short enough",
                    settings.address));
}

} // namespace

std::unique_ptr<net::TlsContext> read_tls(const net::TlsSettings& settings,
                                          const Configuration& configuration,
                                          const std::string& pointer) {
    try {
        return std::make_unique<net::TlsContext>(settings);
    } catch (const net::TlsFileError& error) {
        throw configuration.error(pointer + '/' + error.setting, error.what());
    } catch (const std::exception& error) {
        throw configuration.error(pointer, error.what());
    }
}

std::vector<net::ListenerSettings> listener_settings(const Configuration& configuration,
                                                     const std::vector<std::string>& alpn) {
    const json& effective = configuration.effective();
    std::vector<net::ListenerSettings> all;
    for (const json& listener : effective.at("listeners")) {
        const std::string pointer = fmt::format("/listeners/{}", all.size());
        net::ListenerSettings settings;
        settings.name = listener.at("name").get<std::string>();
        settings.address = listener.at("address").get<std::string>();
        settings.port = listener.at("port").get<std::uint16_t>();
        settings.backlog = effective.at("concurrency").at("queue").get<int>();
        settings.defer_accept_s = listener.value("defer_accept_s", 0); // not where servers greet
        std::vector<std::string> offered = alpn;
        if (!listener.value("http2", true)) // not where servers speak something else
            std::erase(offered, "h2");
        settings.tls = tls_settings(listener.at("tls"), configuration, offered);
        settings.is_datagram = listener.value("protocol", "") == "udp";
        if (settings.is_datagram && settings.tls)
            throw configuration.error(pointer + "/tls", "found a certificate, allowed: null, for "
                                                        "datagrams are not encrypted");
        for (const net::ListenerSettings& other : all)
            if (other.name == settings.name)
                throw configuration.error(
                    pointer + "/name",
                    fmt::format("found \"{}\" a second time, allowed: once", settings.name));
        check_address(settings, configuration, pointer);
        if (settings.tls)
            read_tls(*settings.tls, configuration, pointer + "/tls");
        all.push_back(std::move(settings));
    }
    return all;
}

std::optional<net::ListenerSettings> metrics_listener_settings(const Configuration& configuration) {
    const json& effective = configuration.effective();
    const auto found = effective.find("metrics_listener");
    if (found == effective.end() || found->is_null())
        return std::nullopt;
    net::ListenerSettings settings;
    settings.name = "metrics";
    settings.address = found->at("address").get<std::string>();
    settings.port = found->at("port").get<std::uint16_t>();
    check_address(settings, configuration, "/metrics_listener");
    return settings;
}

} // namespace tern::daemon
