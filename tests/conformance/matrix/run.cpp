#include "tests/conformance/matrix/run.h"

#include <crypt.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace tern::conformance {
namespace {

std::string environment(const char* name, const char* otherwise) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

const std::string& transport() {
    static const std::string name = environment("TERN_TRANSPORT", "plain");
    return name;
}

} // namespace

const Model& model() {
    static const std::string strategy = environment("TERN_STRATEGY", "epoll");
    static const Model model = model_of(strategy);
    return model;
}

bool encrypted() {
    const std::string& name = transport();
    if (name != "plain" && name != "tls" && name != "h2c" && name != "h2")
        throw std::invalid_argument("TERN_TRANSPORT is none of plain, tls, h2c, h2");
    return name == "tls" || name == "h2";
}

bool over_http2() { return transport().starts_with("h2"); }

test::Launch launch_of(const char* program, const std::filesystem::path& configuration,
                       std::size_t workers, const std::vector<std::string>& settings) {
    test::Launch launch{program, {"--config", configuration.string()}, 0};
    const auto set = [&](std::string one) {
        launch.arguments.insert(launch.arguments.end(), {"--set", std::move(one)});
    };
    set("concurrency.strategy=" + std::string(model().strategy));
    set("concurrency.workers=" + std::to_string(workers));
    for (const std::string& one : settings)
        set(one);
    return launch;
}

std::string hash_of(const char* password) {
    const auto work = std::make_unique<crypt_data>();
    return ::crypt_r(password, "$5$rounds=1000$tern$", work.get());
}

} // namespace tern::conformance
