#pragma once
// How every program here reads its command line: help and version are printed, and what is wrong
// is said in one line.

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace CLI { // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace tern {

/// Of every program here.
inline constexpr int exit_bad_arguments = 2;

/// `contradiction` says what is wrong with arguments that are good one by one; empty if nothing is.
/// Nothing: all are good. Otherwise the exit code, and all is said.
std::optional<int> read_command_line(CLI::App& app, int argc, const char* const* argv,
                                     std::ostream& out, std::ostream& errors,
                                     const std::function<std::string()>& contradiction = {});

} // namespace tern
