#pragma once
// How many allocations of this process are alive: a leak is a number that grows from run to run.

#include <cstddef>

namespace tern::test {

/// Always 0 under a sanitizer, which finds leaks by itself.
std::size_t live_allocations() noexcept;

} // namespace tern::test
