#pragma once
// What this run of the matrix is about: $TERN_STRATEGY and $TERN_TRANSPORT.

#include "tests/conformance/matrix/models.h"
#include "tests/harness/child_program.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace tern::conformance {

const Model& model();
bool encrypted();
/// Whether requests go over HTTP/2. What is about the wire of HTTP/1.1 is not tested then.
bool over_http2();

/// A server under this run's strategy; `settings` as for --set.
test::Launch launch_of(const char* program, const std::filesystem::path& configuration,
                       std::size_t workers, const std::vector<std::string>& settings);

/// For the configuration. A cheap one: the tests are not about how long hashing takes.
std::string hash_of(const char* password);

/// To be defined by each suite: starts its server and lets it stop again. What it throws says
/// whether the strategy can run here.
void start_server_once();

} // namespace tern::conformance
