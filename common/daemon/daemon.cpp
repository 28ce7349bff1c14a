#include "common/daemon/daemon.h"

#include "common/base/environment_settings.h"
#include "common/base/escape.h"
#include "common/base/json_text.h"
#include "common/daemon/arguments.h"
#include "common/daemon/listeners.h"
#include "common/daemon/metrics_door.h"
#include "common/daemon/port_file.h"
#include "common/daemon/privileges.h"
#include "common/daemon/signals.h"
#include "common/net/listener.h"
#include "common/strategy/admission.h"
#include "common/strategy/registry.h"
#include "common/strategy/stop_signal.h"
#include "generated/version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <utility>
#include <variant>

namespace tern::daemon {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds health_patience(10);

enum ExitCode : int { stopped_cleanly = 0, failed = 1, bad_configuration = 2 };

std::string strategy_name(const Configuration& configuration) {
    return configuration.effective().at("concurrency").at("strategy").get<std::string>();
}

std::optional<Identity> identity_from(const Configuration& configuration) {
    const auto name = configuration.effective().at("user").get<std::string>();
    if (name.empty())
        return std::nullopt;
    std::optional<Identity> identity = find_user(name);
    if (!identity)
        throw configuration.error(
            "/user", fmt::format("found \"{}\", allowed: a user of this system", name));
    return identity;
}

LogSettings log_settings(const DaemonDescription& description, const Configuration& configuration,
                         const ReopenSignal& reopen) {
    const json& log = configuration.effective().at("log");
    LogSettings settings;
    settings.level = log_level_from(log.at("level").get<std::string>());
    settings.format = log_format_from(log.at("format").get<std::string>());
    settings.file = configuration.resolve_path(log.at("file").get<std::string>());
    settings.server = description.server;
    settings.strategy = strategy_name(configuration);
    // A thread that writes would not survive a fork, but its locks would.
    settings.asynchronous = strategy::shares_memory(settings.strategy);
    settings.reopen = &reopen;
    return settings;
}

strategy::Settings strategy_settings(const Configuration& configuration) {
    const json& concurrency = configuration.effective().at("concurrency");
    strategy::Settings settings;
    settings.workers = concurrency.at("workers").get<std::size_t>();
    settings.max_connections = concurrency.at("max_connections").get<std::size_t>();
    settings.shutdown_grace = std::chrono::round<std::chrono::milliseconds>(
        std::chrono::duration<double>(concurrency.at("shutdown_grace_s").get<double>()));
    return settings;
}

/// One start of a server, from its configuration on. The members are made in the order in which
/// they are needed, and what shares memory before anything can fork.
class Daemon {
public:
    Daemon(const DaemonDescription& description, const Configuration& configuration)
        : description_(description), configuration_(configuration),
          identity_(identity_from(configuration)),
          settings_(listener_settings(configuration, description.alpn)),
          metrics_settings_(metrics_listener_settings(configuration)) {}

    /// Does all that a start does but listen and serve.
    void check() {
        LogSettings settings;
        settings.level = LogLevel::off;
        become_user();
        Log silence(settings);
        make_service(silence, true);
    }

    void serve(const std::filesystem::path& port_file) {
        const Signals signals(stop_, reopen_);
        if (!port_file.empty()) // an old one would tell wrong ports
            std::filesystem::remove(port_file);
        const std::size_t descriptors = raise_descriptor_limit();
        for (const net::ListenerSettings& settings : settings_)
            if (settings.is_datagram)
                datagrams_.emplace_back(settings);
            else
                listeners_.emplace_back(settings);
        if (metrics_settings_)
            metrics_listener_.emplace(*metrics_settings_);
        if (!port_file.empty()) // before its folder may be out of reach
            write_port_file(port_file, listeners_, datagrams_,
                            metrics_listener_ ? &*metrics_listener_ : nullptr);
        reserve_sockets();
        become_user();

        Log log(log_settings(description_, configuration_, reopen_));
        const auto service = make_service(log);
        const strategy::Settings settings = strategy_settings(configuration_);
        strategy::Admission admission(settings.max_connections, connections_per_address(),
                                      metrics_);
        const auto strategy =
            strategy::make_strategy(strategy_name(configuration_), {settings, admission, log});
        register_build();
        log_model(log, descriptors);
        strategy->run(listeners_, *service, stop_);
        log.info("stopped");
    }

private:
    /// What the strategy could not bind any more as another user.
    void reserve_sockets() {
        if (!identity_)
            return;
        const std::size_t count = strategy::sockets_per_listener(strategy_name(configuration_),
                                                                 strategy_settings(configuration_));
        for (net::Listener& listener : listeners_)
            listener.reserve_siblings(count - 1);
    }

    void become_user() {
        if (description_.prepare)
            description_.prepare(configuration_);
        if (identity_)
            dropped_ = drop_privileges(*identity_);
    }

    std::unique_ptr<strategy::Service> make_service(Log& log, bool is_check = false) {
        auto service = description_.make_service(
            {configuration_, log, metrics_, reopen_, datagrams_, is_check});
        if (!metrics_listener_)
            return service;
        return std::make_unique<MeasuredService>(std::move(service), *metrics_listener_, metrics_);
    }

    const json& concurrency() const { return configuration_.effective().at("concurrency"); }

    std::size_t connections_per_address() const {
        return concurrency().at("max_connections_per_address").get<std::size_t>();
    }

    void register_build() {
        metrics_
            .gauge("tern_build_info", "What is running, as labels.",
                   {{"version", std::string(generated::version)},
                    {"strategy", strategy_name(configuration_)}})
            .set(1);
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        metrics_.gauge("tern_start_time_seconds", "When the server started, in Unix time.")
            .set(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    }

    std::string listeners_text() const {
        std::string text;
        for (const net::Listener& listener : listeners_)
            text +=
                fmt::format("{}{} {}{}", text.empty() ? "" : ", ", listener.name(),
                            listener.address().to_string(), listener.encrypted() ? " (TLS)" : "");
        for (const net::DatagramSocket& socket : datagrams_)
            text += fmt::format("{}{} {} (UDP)", text.empty() ? "" : ", ", socket.name(),
                                socket.address().to_string());
        if (metrics_listener_)
            text += ", metrics " + metrics_listener_->address().to_string();
        return text;
    }

    /// The whole model in force, in one line.
    void log_model(Log& log, std::size_t descriptors) const {
        const auto workers = concurrency().at("workers").get<std::size_t>();
        const auto most = concurrency().at("max_connections").get<std::size_t>();
        const std::size_t per_address = connections_per_address();
        log.info("serving: {} {}, configuration {}, strategy {}, workers {}, at most {} connections"
                 "{}, queue {}, shutdown grace {} s, user {}, listeners: {}",
                 description_.program, generated::version, configuration_.file().string(),
                 strategy_name(configuration_),
                 workers == 0 ? std::string("one per core") : std::to_string(workers), most,
                 per_address == 0 ? std::string() : fmt::format(" ({} per address)", per_address),
                 concurrency().at("queue").get<int>(),
                 concurrency().at("shutdown_grace_s").get<double>(),
                 identity_ && dropped_ ? identity_->name : std::string("as started"),
                 listeners_text());
        if (identity_ && !dropped_)
            log.warning("user {} is configured, but only root can become another user",
                        identity_->name);
        if (descriptors < most)
            log.warning("max_connections is {}, but the system allows this process {} descriptors "
                        "only (ulimit -n)",
                        most, descriptors);
    }

    const DaemonDescription& description_;
    const Configuration& configuration_;
    const std::optional<Identity> identity_;
    const std::vector<net::ListenerSettings> settings_;
    const std::optional<net::ListenerSettings> metrics_settings_;
    bool dropped_ = false;
    Metrics metrics_;
    ReopenSignal reopen_;
    strategy::StopSignal stop_;
    std::vector<net::Listener> listeners_;
    std::vector<net::DatagramSocket> datagrams_;
    std::optional<net::Listener> metrics_listener_;
};

ExitCode run(const DaemonDescription& description, const Arguments& arguments) {
    std::vector<std::string> overrides = environment_settings(environ);
    overrides.insert(overrides.end(), arguments.overrides.begin(), arguments.overrides.end());
    const Configuration configuration =
        Configuration::load(arguments.configuration, description.schema, overrides);
    if (arguments.print_configuration) {
        std::cout << write_json(configuration.effective()) << std::endl;
        return stopped_cleanly;
    }
    if (arguments.health) {
        const std::size_t count =
            check_health(configuration, description.greeting, arguments.port_file, health_patience);
        std::cout << fmt::format("{} of {} listeners answer", count, count) << std::endl;
        return stopped_cleanly;
    }
    Daemon daemon(description, configuration);
    if (arguments.check) {
        daemon.check();
        std::cout << printable(arguments.configuration.string()) << " is valid" << std::endl;
        return stopped_cleanly;
    }
    daemon.serve(arguments.port_file);
    return stopped_cleanly;
}

} // namespace

int run_daemon(const DaemonDescription& description, int argc, const char* const* argv) {
    const auto complain = [&description](const std::exception& error) {
        std::cerr << fmt::format("{}: {}\n", description.program, printable(error.what()))
                  << std::flush;
    };
    try {
        const auto parsed = parse_arguments(description.program, description.default_configuration,
                                            argc, argv, std::cout, std::cerr);
        if (const int* exit_code = std::get_if<int>(&parsed))
            return *exit_code;
        return run(description, std::get<Arguments>(parsed));
    } catch (const ConfigurationError& error) {
        complain(error);
        return bad_configuration;
    } catch (const std::exception& error) {
        complain(error);
        return failed;
    }
}

} // namespace tern::daemon
