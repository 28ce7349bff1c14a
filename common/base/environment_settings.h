#pragma once
// Settings from the environment, as containers are configured: TERN_SET_concurrency__strategy=epoll
// is --set concurrency.strategy=epoll. Two underscores stand between the steps of the path; names
// are written as in the configuration, lower case and all.

#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// Whether it is a variable, or its name, that sets something.
bool is_environment_setting(std::string_view variable) noexcept;

/// The path that a variable's name means: {"concurrency", "strategy"}. A step may be empty, which
/// is a mistake.
std::vector<std::string> environment_steps(std::string_view name);

/// Those variables of `environment` (as of environ(7); null: there is none) that set something,
/// NAME=VALUE. The environment has no order: they come sorted by path, so that a whole comes before
/// its parts, and the items of an array from the first on.
std::vector<std::string> environment_settings(const char* const* environment);

} // namespace tern
