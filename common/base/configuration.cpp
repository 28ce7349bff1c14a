#include "common/base/configuration.h"

#include "common/base/environment_settings.h"
#include "common/base/escape.h"
#include "common/base/json_text.h"
#include "common/base/result.h"
#include "common/base/schema.h"
#include "common/base/unique_fd.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace tern {
namespace {

using nlohmann::json;

std::string read_file(const std::filesystem::path& file) {
    const UniqueFd descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    std::string text;
    std::array<char, 16 * 1024> piece;
    ssize_t count = descriptor ? 1 : -1;
    while (count > 0) {
        count = ::read(descriptor.get(), piece.data(), piece.size());
        if (count > 0)
            text.append(piece.data(), static_cast<std::size_t>(count));
    }
    if (count < 0)
        throw ConfigurationError(fmt::format("{}: cannot be read: {}", printable(file.string()),
                                             last_error().message()));
    return text;
}

/// "listeners.0.port", or a JSON pointer for keys that have dots.
std::vector<std::string> steps_of(std::string_view path) {
    const bool is_pointer = path.starts_with('/');
    const char separator = is_pointer ? '/' : '.';
    if (is_pointer)
        path.remove_prefix(1);
    std::vector<std::string> steps;
    for (;;) {
        const std::size_t end = path.find(separator);
        steps.emplace_back(path.substr(0, end));
        if (end == std::string_view::npos)
            return steps;
        path.remove_prefix(end + 1);
    }
}

std::optional<std::size_t> index_from(std::string_view step) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (error != std::errc() || end != step.data() + step.size())
        return std::nullopt;
    return index;
}

json value_from(std::string_view text) {
    try {
        return parse_json(text);
    } catch (const JsonSyntaxError&) {
        return std::string(text);
    }
}

/// How an error names an override.
std::string source_of(const std::string& argument) {
    return (is_environment_setting(argument) ? "" : "--set ") + printable(argument);
}

bool is_at_or_below(std::string_view pointer, std::string_view top) {
    return pointer.starts_with(top) && (pointer.size() == top.size() || pointer[top.size()] == '/');
}

/// Finds or makes the place that a --set argument names.
class Descent {
public:
    explicit Descent(json& root) : place_(&root) {}

    /// Throws JsonTextError.
    void step(const std::string& step) {
        if (place_->is_null()) { // not there yet: its first step tells what it becomes
            topmost_.emplace(topmost_.value_or(pointer_));
            *place_ = index_from(step) ? json::array() : json::object();
        }
        if (place_->is_array())
            step_into_array(step);
        else if (place_->is_object())
            step_into_object(step);
        else
            throw JsonTextError(
                fmt::format("{}: found {}, allowed: an object or array", pointer_, brief(*place_)));
    }

    json& place() noexcept { return *place_; }
    /// The first thing on the way that was not there before, or the end of the way.
    std::string topmost() const { return topmost_.value_or(pointer_); }

private:
    void step_into_array(const std::string& step) {
        const std::optional<std::size_t> index = index_from(step);
        const std::string pointer = child_pointer(pointer_, step);
        if (!index || *index > place_->size())
            throw JsonTextError(fmt::format("{}: found no such item, allowed: 0 to {}",
                                            printable(pointer), place_->size()));
        pointer_ = pointer;
        if (*index == place_->size()) {
            topmost_.emplace(topmost_.value_or(pointer_));
            place_->push_back(nullptr);
        }
        place_ = &(*place_)[*index];
    }

    void step_into_object(const std::string& step) {
        pointer_ = child_pointer(pointer_, step);
        if (!place_->contains(step))
            topmost_.emplace(topmost_.value_or(pointer_));
        place_ = &(*place_)[step];
    }

    json* place_;
    std::string pointer_;
    std::optional<std::string> topmost_;
};

} // namespace

Configuration::Configuration(const std::filesystem::path& file)
    : file_(file), effective_(std::make_unique<json>()) {}

Configuration::Configuration(Configuration&&) noexcept = default;
Configuration& Configuration::operator=(Configuration&&) noexcept = default;
Configuration::~Configuration() = default;

Configuration Configuration::load(const std::filesystem::path& file, std::string_view schema,
                                  std::span<const std::string> overrides) {
    return from_text(read_file(file), file, schema, overrides);
}

Configuration Configuration::read_again(std::string_view schema) const {
    std::vector<std::string> overrides;
    for (const Override& each : overrides_)
        overrides.push_back(each.argument);
    return load(file_, schema, overrides);
}

Configuration Configuration::from_text(std::string_view text, const std::filesystem::path& file,
                                       std::string_view schema_text,
                                       std::span<const std::string> overrides) {
    const Schema schema(schema_text);
    Configuration configuration(file);
    const std::string name = printable(file.string());
    try {
        *configuration.effective_ = parse_json(text);
    } catch (const JsonSyntaxError& error) {
        throw ConfigurationError(fmt::format("{}:{}", name, error.what()));
    } catch (const JsonTextError& error) {
        throw ConfigurationError(fmt::format("{}: {}", name, error.what()));
    }
    // Before the overrides too: they may count on an item of a default array.
    schema.fill_defaults(*configuration.effective_);
    for (const std::string& argument : overrides) {
        configuration.apply(argument);
        schema.fill_defaults(*configuration.effective_);
    }
    if (const auto violation = schema.check(*configuration.effective_))
        throw configuration.error(violation->pointer, violation->complaint);
    return configuration;
}

void Configuration::apply(const std::string& argument) {
    const bool is_variable = is_environment_setting(argument);
    const std::size_t equals = argument.find('=');
    const auto fail = [&argument](std::string_view complaint) {
        return ConfigurationError(fmt::format("{}: {}", source_of(argument), complaint));
    };
    if (equals == std::string::npos || equals == 0)
        throw fail("allowed: PATH=VALUE");
    const std::string_view path = std::string_view(argument).substr(0, equals);
    const std::vector<std::string> steps = is_variable ? environment_steps(path) : steps_of(path);
    if (std::any_of(steps.begin(), steps.end(), [](const auto& step) { return step.empty(); }))
        throw fail(fmt::format("found an empty step in the path, allowed: such as {}",
                               is_variable ? "TERN_SET_listeners__0__port" : "listeners.0.port"));
    try {
        Descent descent(*effective_);
        for (const std::string& step : steps)
            descent.step(step);
        descent.place() = value_from(std::string_view(argument).substr(equals + 1));
        overrides_.push_back({argument, descent.topmost()});
    } catch (const JsonTextError& error) {
        throw fail(error.what());
    }
}

std::filesystem::path Configuration::resolve_path(std::string_view path) const {
    if (path.empty())
        return {};
    return (file_.parent_path() / path).lexically_normal();
}

ConfigurationError Configuration::error(std::string_view pointer,
                                        std::string_view complaint) const {
    std::string source = printable(file_.string());
    for (const Override& each : overrides_)
        if (is_at_or_below(pointer, each.pointer))
            source = source_of(each.argument);
    const std::string place = pointer.empty() ? "/" : printable(pointer);
    return ConfigurationError(fmt::format("{}: {}: {}", source, place, printable(complaint)));
}

} // namespace tern
