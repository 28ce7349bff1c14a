#pragma once
// How much the suite asks of the machine: a short form for every day, and the full one for
// `./tern test --all` (TERN_TEST_ALL=1), where no sanitizer makes it last for ever.

#include <chrono>
#include <cstddef>

namespace tern::endurance {

struct Form {
    std::size_t slow_clients;
    std::size_t slow_clients_in_line; ///< where one client is served at a time, and others wait
    std::size_t idle_clients;
    std::size_t normal_requests; ///< that must be answered beside the slow clients
    std::chrono::seconds time;   ///< that these shall last at least
};

const Form& form();

/// Lets this process, and the servers that it starts, open as many descriptors as is allowed.
void raise_descriptor_limit();

} // namespace tern::endurance
