#pragma once
// Runs a world from many seeds. One that fails is printed, and TERN_SEED=number replays it.
//
// 10,000 seeds; 1,000 where a sanitizer watches, or without optimisation. TERN_SEEDS=number
// overrides both.

#include "tests/simulation/live_allocations.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

namespace tern::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
inline constexpr std::uint64_t usual_seeds = 1'000;
#else
inline constexpr std::uint64_t usual_seeds = 10'000;
#endif
inline constexpr int most_failures = 3; ///< after so many nobody reads on

/// For use in worlds: doctest's own checks are too slow to be made a million times.
inline void require(bool condition, const std::string& what) {
    if (!condition)
        throw std::runtime_error(what);
}

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// `world(seed)` throws if anything is wrong.
template <class World>
void for_each_seed(const std::string& name, World world) {
    const std::uint64_t only = number_from_environment("TERN_SEED", 0);
    const std::uint64_t last =
        only != 0 ? only : number_from_environment("TERN_SEEDS", usual_seeds);
    // Worlds come and go: their memory need not go back to the kernel each time.
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    int failures = 0;
    std::uint64_t seed = only != 0 ? only : 1;
    world(seed); // what is allocated once for all is allocated now
    for (; seed <= last && failures < most_failures; ++seed) {
        const std::size_t before = live_allocations();
        std::string failure;
        try {
            world(seed);
            if (live_allocations() != before)
                failure =
                    "leaves allocations behind: " + std::to_string(live_allocations() - before);
        } catch (const std::exception& error) {
            failure = error.what();
        }
        if (!failure.empty()) {
            ++failures;
            FAIL_CHECK(name << ": " << failure << "\nTERN_SEED=" << seed << " replays it");
        }
    }
    CHECK(failures == 0);
    MESSAGE(name << ": " << (only != 0 ? 1 : last) << " seeds");
}

} // namespace tern::test
