#include "servers/chat/journal_ring.h"

#include "common/base/result.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>

namespace tern::chat {
namespace {

constexpr std::size_t header_size = 4096;
constexpr std::array<char, 8> magic = {'t', 'e', 'r', 'n', 'c', 'h', 'r', '2'};

/// In front of each record; records begin at multiples of its size.
struct Prefix {
    std::uint64_t checksum = 0;
    std::uint64_t size = 0;
};

std::uint64_t padded(std::uint64_t size) noexcept {
    return (size + sizeof(Prefix) - 1) / sizeof(Prefix) * sizeof(Prefix);
}

/// FNV-1a over the record and where it is: a power cut may leave pages of different ages.
std::uint64_t checksum_of(std::uint64_t position, std::string_view record) noexcept {
    std::uint64_t sum = 14695981039346656037U ^ position;
    for (const char byte : record)
        sum = (sum ^ static_cast<unsigned char>(byte)) * 1099511628211U;
    return sum;
}

} // namespace

struct JournalRing::Header {
    std::array<char, 8> magic{};
    // Bytes since the ring was made; their remainders by the capacity are places in it.
    std::atomic<std::uint64_t> written = 0;
    std::atomic<std::uint64_t> taken = 0;
    std::atomic<std::uint64_t> lost = 0;
    std::atomic<bool> is_waiting = false;
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");
};

JournalRing::JournalRing(const std::filesystem::path& file)
    : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    const auto fail = [&](int error) {
        throw std::system_error(error, std::system_category(), file.string());
    };
    const UniqueFd opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!opened || !bell_)
        fail(errno);
    constexpr std::size_t size = header_size + capacity;
    // A page without room on the disk would kill who writes to it.
    if (const int error = ::posix_fallocate(opened.get(), 0, size); error != 0)
        fail(error);
    memory_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, opened.get(), 0);
    if (memory_ == MAP_FAILED)
        fail(errno);
    Header& found = header();
    const std::uint64_t waiting = found.written - found.taken;
    const bool is_sound = waiting <= capacity && found.written % sizeof(Prefix) == 0 &&
                          found.taken % sizeof(Prefix) == 0;
    if (found.magic != magic || !is_sound) {
        found.written = 0;
        found.taken = 0;
        found.lost = 0;
        found.magic = magic;
    }
    found.is_waiting = false;
}

JournalRing::~JournalRing() { ::munmap(memory_, header_size + capacity); }

JournalRing::Header& JournalRing::header() const noexcept { return *static_cast<Header*>(memory_); }

void JournalRing::copy_in(std::uint64_t position, const void* from, std::size_t size) noexcept {
    char* const ring = static_cast<char*>(memory_) + header_size;
    const std::size_t place = position % capacity;
    const std::size_t first = std::min(size, capacity - place);
    std::memcpy(ring + place, from, first);
    std::memcpy(ring, static_cast<const char*>(from) + first, size - first);
}

void JournalRing::copy_out(std::uint64_t position, void* to, std::size_t size) const noexcept {
    const char* const ring = static_cast<const char*>(memory_) + header_size;
    const std::size_t place = position % capacity;
    const std::size_t first = std::min(size, capacity - place);
    std::memcpy(to, ring + place, first);
    std::memcpy(static_cast<char*>(to) + first, ring, size - first);
}

bool JournalRing::put(std::string_view record) noexcept {
    Header& shared = header();
    const std::uint64_t position = shared.written.load(std::memory_order_relaxed);
    const std::uint64_t size = sizeof(Prefix) + padded(record.size());
    if (size > capacity - (position - shared.taken.load(std::memory_order_acquire))) {
        lose();
        return false;
    }
    const Prefix prefix = {checksum_of(position, record), record.size()};
    copy_in(position, &prefix, sizeof prefix);
    copy_in(position + sizeof prefix, record.data(), record.size());
    shared.written.store(position + size); // before `is_waiting`, which the other side sets first
    if (shared.is_waiting.load() && shared.is_waiting.exchange(false))
        ring_bell();
    return true;
}

void JournalRing::lose() const noexcept { header().lost.fetch_add(1); }

JournalRing::Batch JournalRing::look(std::size_t most) const {
    const Header& shared = header();
    Batch batch;
    batch.end = shared.taken.load(std::memory_order_relaxed);
    const std::uint64_t written = shared.written.load(std::memory_order_acquire);
    while (batch.end != written && batch.records.size() < most) {
        Prefix prefix;
        copy_out(batch.end, &prefix, sizeof prefix);
        std::string record;
        const bool is_whole = prefix.size <= written - batch.end - sizeof prefix;
        if (is_whole) {
            record.resize(prefix.size);
            copy_out(batch.end + sizeof prefix, record.data(), record.size());
        }
        if (!is_whole || prefix.checksum != checksum_of(batch.end, record)) {
            batch.end = written; // where the next one begins is not known either
            break;
        }
        batch.end += sizeof prefix + padded(prefix.size);
        batch.records.push_back(std::move(record));
    }
    return batch;
}

void JournalRing::take_out(const Batch& batch) noexcept {
    header().taken.store(batch.end, std::memory_order_release);
}

bool JournalRing::is_empty() const noexcept { return header().written == header().taken; }

std::uint64_t JournalRing::take_lost() noexcept { return header().lost.exchange(0); }

void JournalRing::wait(int timeout_ms) noexcept {
    header().is_waiting = true;
    if (is_empty())
        wait_for_bell(timeout_ms);
    header().is_waiting = false;
}

void JournalRing::wait_for_bell(int timeout_ms) noexcept {
    pollfd interest = {bell_.get(), POLLIN, 0};
    if (::poll(&interest, 1, timeout_ms) > 0) {
        std::uint64_t times = 0;
        [[maybe_unused]] const ssize_t bytes = ::read(bell_.get(), &times, sizeof times);
    }
}

void JournalRing::ring_bell() const noexcept {
    const std::uint64_t once = 1;
    [[maybe_unused]] const ssize_t bytes = ::write(bell_.get(), &once, sizeof once);
}

} // namespace tern::chat
