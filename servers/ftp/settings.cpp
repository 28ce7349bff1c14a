#include "servers/ftp/settings.h"

#include "common/protocol/ftp/argument.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tern::ftp {
namespace {

using nlohmann::json;

/// Those below are other servers', and after the start nobody may take them.
constexpr std::uint16_t first_unprivileged_port = 1024;

Clock::duration seconds(const json& value) {
    return std::chrono::round<Clock::duration>(std::chrono::duration<double>(value.get<double>()));
}

void read_limits(const json& limits, FtpSettings& settings) {
    settings.login_timeout = seconds(limits.at("login_timeout_s"));
    settings.idle_timeout = seconds(limits.at("idle_timeout_s"));
    settings.connect_timeout = seconds(limits.at("data_connect_timeout_s"));
    settings.stall_timeout = seconds(limits.at("data_stall_timeout_s"));
    settings.failed_login_delay = seconds(limits.at("failed_login_delay_s"));
    settings.last_chance = seconds(limits.at("last_chance_s"));
    limits.at("ban_after_failed_logins").get_to(settings.ban.failures);
    settings.ban.duration = seconds(limits.at("ban_s"));
    limits.at("login_attempts").get_to(settings.login_attempts);
    limits.at("command_bytes").get_to(settings.command_bytes);
    limits.at("commands_per_second").get_to(settings.commands_per_second);
}

PassiveSettings passive_from(const json& passive, const Configuration& configuration) {
    PassiveSettings settings;
    passive.at("first_port").get_to(settings.first_port);
    passive.at("last_port").get_to(settings.last_port);
    const bool is_range = settings.first_port > 0 || settings.last_port > 0;
    if (is_range && settings.first_port < first_unprivileged_port)
        throw configuration.error(
            "/passive/first_port",
            fmt::format("found {}, allowed: {} or more, or 0 in both of first_port and last_port",
                        settings.first_port, first_unprivileged_port));
    if (settings.last_port < settings.first_port)
        throw configuration.error("/passive/last_port",
                                  fmt::format("found {}, allowed: first_port ({}) or more",
                                              settings.last_port, settings.first_port));
    settings.address = AdvertisedAddress(passive, configuration);
    return settings;
}

std::optional<net::TlsSettings> tls_from(const json& tls, const Configuration& configuration) {
    if (tls.is_null())
        return std::nullopt;
    net::TlsSettings settings;
    settings.certificate = configuration.resolve_path(tls.at("certificate").get<std::string>());
    settings.key = configuration.resolve_path(tls.at("key").get<std::string>());
    settings.minimum_version = tls.at("minimum_version").get<std::string>();
    return settings;
}

void read_transfer_log(const json& log, const Configuration& configuration, FtpSettings& settings) {
    if (const auto file = log.at("file").get<std::string>(); !file.empty())
        settings.transfer_log_file = configuration.resolve_path(file);
    if (log.at("format") == "json")
        settings.transfer_log_form = TransferLogForm::json;
    const auto digest = log.at("digest").get<std::string>();
    if (!settings.transfer_log_file.empty())
        settings.transfer_digest = digest_named(digest); // "none" is none
    if (settings.transfer_digest && settings.transfer_log_form != TransferLogForm::json)
        throw configuration.error(
            "/transfer_log/digest",
            fmt::format(R"(found "{}", allowed: "none", for xferlog has no place for it)", digest));
}

std::vector<VirtualHost> hosts_from(const json& hosts, const Configuration& configuration) {
    std::vector<VirtualHost> all;
    for (const json& host : hosts) {
        const auto text = host.at("name").get<std::string>();
        const std::string pointer = fmt::format("/virtual_hosts/{}/name", all.size());
        const auto name = parse_host(text);
        if (!name)
            throw configuration.error(
                pointer, fmt::format("found \"{}\", allowed: a host name, or an address in numbers "
                                     "(an IPv6 address in brackets)",
                                     text));
        for (const VirtualHost& other : all)
            if (other.name == *name)
                throw configuration.error(
                    pointer, fmt::format("found \"{}\" a second time, allowed: once", text));
        all.push_back({*name, host.at("welcome").get<std::string>()});
    }
    return all;
}

/// Encryption that is asked for must be possible.
void check_encryption(const FtpSettings& settings, const Configuration& configuration) {
    constexpr const char* none = "a certificate in /tls, or in that of a listener";
    if (!settings.tls && settings.require_tls)
        throw configuration.error("/require_tls", fmt::format("found true, allowed: {}", none));
    if (!settings.tls && settings.data_protection == DataProtection::required)
        throw configuration.error("/data_protection",
                                  fmt::format("found \"required\", allowed: {}", none));
    if (!settings.tls && settings.session_reuse == SessionReuse::require)
        throw configuration.error("/session_reuse",
                                  fmt::format("found \"require\", allowed: {}", none));
    if (settings.require_tls && settings.data_protection == DataProtection::forbidden)
        throw configuration.error("/data_protection",
                                  "found \"forbidden\", allowed: \"any\" or \"required\", for "
                                  "require_tls is for data as well");
}

} // namespace

FtpSettings settings_from(const Configuration& configuration) {
    const json& all = configuration.effective();
    FtpSettings settings;
    read_limits(all.at("limits"), settings);
    settings.passive = passive_from(all.at("passive"), configuration);
    all.at("active").at("enabled").get_to(settings.active_mode);
    all.at("foreign_data_connections").get_to(settings.foreign_data);
    const json& uploads = all.at("uploads");
    uploads.at("sync").get_to(settings.sync_uploads);
    uploads.at("keep_partial").get_to(settings.keep_partial);
    settings.partial_expiry = seconds(uploads.at("partial_expiry_s"));
    uploads.at("require_close_notify").get_to(settings.require_close_notify);
    settings.tls = tls_from(all.at("tls"), configuration);
    for (const json& listener : all.at("listeners"))
        if (!settings.tls) // a client that came by TLS wants its data protected as well
            settings.tls = tls_from(listener.at("tls"), configuration);
    all.at("require_tls").get_to(settings.require_tls);
    read_transfer_log(all.at("transfer_log"), configuration, settings);
    const auto protection = all.at("data_protection").get<std::string>();
    if (protection != "any")
        settings.data_protection =
            protection == "required" ? DataProtection::required : DataProtection::forbidden;
    const auto reuse = all.at("session_reuse").get<std::string>();
    settings.session_reuse = reuse == "off"    ? SessionReuse::off
                             : reuse == "warn" ? SessionReuse::warn
                                               : SessionReuse::require;
    check_encryption(settings, configuration);
    all.at("concurrency").at("max_connections").get_to(settings.max_connections);
    all.at("compression").at("enabled").get_to(settings.mode_z);
    all.at("compression").at("level").get_to(settings.compression_level);
    all.at("allow_clear_control").get_to(settings.allow_clear_control);
    settings.virtual_hosts = hosts_from(all.at("virtual_hosts"), configuration);
    all.at("welcome").get_to(settings.welcome);
    return settings;
}

} // namespace tern::ftp
