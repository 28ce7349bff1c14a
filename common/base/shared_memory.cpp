#include "common/base/shared_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace tern {

SharedMemory::SharedMemory(std::size_t size) : size_(size) {
    void* const address =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED)
        throw std::system_error(errno, std::system_category(), "shared memory");
    address_ = address;
}

SharedMemory::~SharedMemory() {
    if (address_ != nullptr)
        ::munmap(address_, size_);
}

} // namespace tern
