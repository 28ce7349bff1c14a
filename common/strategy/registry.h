#pragma once
// The one place where a strategy's name in a configuration becomes a strategy.

#include "common/strategy/strategy.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace tern::strategy {

/// All names, in the order of the documentation: from the simplest to the most elaborate.
std::span<const std::string_view> names() noexcept;

/// Whether sessions of this strategy share memory; if not, nothing may start a thread before it
/// runs. Throws std::invalid_argument for an unknown name.
bool shares_memory(std::string_view name);

/// How many sockets the strategy wants to listen with on each address. Throws
/// std::invalid_argument for an unknown name.
std::size_t sockets_per_listener(std::string_view name, const Settings& settings);

/// Throws std::invalid_argument for an unknown name, or std::runtime_error with advice where this
/// machine cannot run the strategy.
std::unique_ptr<Strategy> make_strategy(std::string_view name, const Surroundings& surroundings);

} // namespace tern::strategy
