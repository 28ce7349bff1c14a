#include "servers/http/file_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace tern::http {
namespace {

constexpr std::size_t most_shards = 16;
/// What an entry takes besides its content and its names.
constexpr std::size_t bookkeeping = 1'024;

std::size_t cost_of(std::string_view path, const StoredFile& file) {
    const std::size_t forms = file.forms != nullptr ? file.forms->bytes() : 0;
    return file.bytes.size() + path.size() + bookkeeping + forms;
}

} // namespace

std::size_t FileCache::KeyHash::operator()(const Key& key) const noexcept {
    return std::hash<std::string_view>()(key.path) ^ std::hash<const void*>()(key.site);
}

FileCache::FileCache(const CacheSettings& settings)
    : revalidate_(settings.revalidate),
      // Each shard must have room for the largest file, or it would never be kept.
      shards_(std::clamp<std::size_t>(settings.bytes / (settings.file_bytes * 4 + bookkeeping), 1,
                                      most_shards)),
      shard_budget_(settings.bytes / shards_.size()),
      largest_(settings.bytes == 0 ? 0 : std::min(settings.file_bytes, shard_budget_)) {
    if (settings.bytes == 0) // and not even empty files
        shard_budget_ = 0;
}

FileCache::Shard& FileCache::shard_of(const Key& key) {
    return shards_[(KeyHash()(key) >> 20) % shards_.size()];
}

FileCache::Hit FileCache::find(const void* site, std::string_view path, Clock::time_point now) {
    const Key key{site, path};
    Shard& shard = shard_of(key);
    Hit hit;
    {
        const std::lock_guard lock(shard.mutex);
        const auto found = shard.index.find(key);
        if (found == shard.index.end())
            return hit;
        found->second->wanted = true;
        hit.file = found->second->file;
    }
    Clock::rep checked = hit.file->checked_at.load(std::memory_order_relaxed);
    const Clock::rep current = now.time_since_epoch().count();
    hit.is_due = current - checked >= revalidate_.count() &&
                 hit.file->checked_at.compare_exchange_strong(checked, current);
    return hit;
}

void FileCache::Shard::remove(Entries::iterator entry) {
    bytes -= entry->cost;
    index.erase(Key{entry->site, entry->path});
    entries.erase(entry);
}

void FileCache::Shard::make_room(std::size_t budget) {
    while (bytes > budget) {
        const auto oldest = entries.begin();
        if (std::exchange(oldest->wanted, false))
            entries.splice(entries.end(), entries, oldest);
        else
            remove(oldest);
    }
}

void FileCache::store(const void* site, std::string_view path,
                      std::shared_ptr<const StoredFile> file) {
    const std::size_t cost = cost_of(path, *file);
    if (cost > shard_budget_)
        return forget(site, path);
    const Key key{site, path};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto known = shard.index.find(key);
    if (known != shard.index.end())
        shard.remove(known->second);
    shard.entries.push_back({site, std::string(path), std::move(file), cost});
    const auto entry = std::prev(shard.entries.end());
    shard.index.emplace(Key{site, entry->path}, entry);
    shard.bytes += cost;
    shard.make_room(shard_budget_);
}

void FileCache::forget(const void* site, std::string_view path) {
    const Key key{site, path};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto known = shard.index.find(key);
    if (known != shard.index.end())
        shard.remove(known->second);
}

void FileCache::weigh(const void* site, std::string_view path, const StoredFile& file) {
    const Key key{site, path};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto known = shard.index.find(key);
    if (known == shard.index.end() || known->second->file.get() != &file)
        return;
    Entry& entry = *known->second;
    const std::size_t cost = cost_of(path, file);
    shard.bytes = shard.bytes - entry.cost + cost;
    entry.cost = cost;
    entry.wanted = true; // not itself the first to go
    shard.make_room(shard_budget_);
}

std::size_t FileCache::bytes() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum += shard.bytes;
    }
    return sum;
}

} // namespace tern::http
