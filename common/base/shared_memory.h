#pragma once
// Memory that a process and all it forks later see alike: an anonymous shared mapping, all zero.

#include <cstddef>
#include <utility>

namespace tern {

class SharedMemory {
public:
    /// Throws std::system_error.
    explicit SharedMemory(std::size_t size);
    SharedMemory(SharedMemory&& other) noexcept
        : address_(std::exchange(other.address_, nullptr)), size_(other.size_) {}
    SharedMemory& operator=(SharedMemory&& other) noexcept {
        std::swap(address_, other.address_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~SharedMemory();

    void* address() const noexcept { return address_; }
    std::size_t size() const noexcept { return size_; }

private:
    void* address_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace tern
