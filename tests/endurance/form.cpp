#include "tests/endurance/form.h"

#include <sys/resource.h>

#include <cstdlib>
#include <string_view>

namespace tern::endurance {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool can_be_full = false;
#else
constexpr bool can_be_full = true;
#endif

constexpr Form short_form = {150, 12, 1'000, 50, std::chrono::seconds(0)};
constexpr Form full_form = {1'500, 60, 10'000, 50, std::chrono::seconds(20)};

bool is_asked_for_all() {
    const char* const all = std::getenv("TERN_TEST_ALL");
    return all != nullptr && std::string_view(all) == "1";
}

} // namespace

const Form& form() {
    static const bool full = can_be_full && is_asked_for_all();
    return full ? full_form : short_form;
}

void raise_descriptor_limit() {
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace tern::endurance
