#pragma once
// Where the strategies differ by design: the only exceptions that the tests make.

#include <cstddef>
#include <span>
#include <string_view>

namespace tern::conformance {

struct Model {
    std::string_view strategy;
    /// Clients that are served at the same time with `workers` workers; the next one waits. 0: as
    /// many as max_connections allows, and the next one is refused.
    std::size_t (*clients_at_once)(std::size_t workers);
    /// Each client is served by a process that serves nobody else at the time.
    bool in_processes = false;
    /// Clients whose descriptor is larger are refused; 0: none.
    std::size_t largest_descriptor = 0;
    std::string_view exception; ///< for people; empty: none

    bool next_client_waits() const { return clients_at_once(1) != 0; }
};

/// By name; a strategy that is not in the table has no exceptions.
Model model_of(std::string_view strategy);

/// The table, as the test run prints it.
void print_models();

} // namespace tern::conformance
