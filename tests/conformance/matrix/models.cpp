#include "tests/conformance/matrix/models.h"

#include <sys/select.h>

#include <array>
#include <iomanip>
#include <iostream>

namespace tern::conformance {
namespace {

std::size_t one(std::size_t) { return 1; }
std::size_t one_per_worker(std::size_t workers) { return workers; }
std::size_t all(std::size_t) { return 0; }

constexpr std::array models = {
    Model{"iterative", one, false, 0,
          "one client at a time; the next one waits in the listen backlog, so it is never refused"},
    Model{"fork_per_client", all, true, 0, ""},
    Model{"process_pool", one_per_worker, true, 0,
          "one client at a time for each worker; the next one waits, so it is never refused"},
    Model{"select", all, false, FD_SETSIZE - 1,
          "clients whose descriptor is FD_SETSIZE (1024) or larger are refused"},
};

} // namespace

Model model_of(std::string_view strategy) {
    for (const Model& model : models)
        if (model.strategy == strategy)
            return model;
    return {strategy, all, false, 0, ""};
}

void print_models() {
    std::cout << "Exceptions by strategy; all others have none:\n";
    for (const Model& model : models)
        if (!model.exception.empty())
            std::cout << "    " << std::left << std::setw(16) << model.strategy << model.exception
                      << '\n';
    std::cout << std::flush;
}

} // namespace tern::conformance
