#include "tests/simulation/live_allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> alive = 0;

} // namespace

std::size_t tern::test::live_allocations() noexcept {
    return alive.load(std::memory_order_relaxed);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(std::size_t size) {
    void* const memory = std::malloc(size != 0 ? size : 1);
    if (memory == nullptr)
        throw std::bad_alloc();
    alive.fetch_add(1, std::memory_order_relaxed);
    return memory;
}
void operator delete(void* memory) noexcept {
    if (memory == nullptr)
        return;
    alive.fetch_sub(1, std::memory_order_relaxed);
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

#endif
