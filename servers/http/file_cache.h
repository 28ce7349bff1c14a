#pragma once
// Small files kept in memory, up to a fixed number of bytes; the least recently wanted go first
// (second chance). A hit is one look-up under a lock that is held for some 50 ns.

#include "common/base/clock.h"
#include "common/base/unique_fd.h"
#include "common/protocol/http/field_lines.h"
#include "servers/http/coded_forms.h"
#include "servers/http/document_root.h"

#include <atomic>
#include <cstddef>
#include <ctime>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tern::http {

/// One state of one file, as responses need it. Immutable, but for when it was last checked.
struct StoredFile {
    std::string path; ///< below the root
    FileIdentity identity;
    /// Long enough unchanged when it was read that another change cannot have the same times.
    bool settled = false;
    std::string entity_tag;
    std::time_t modified = 0;
    std::string content_type;
    bool is_negotiable = false; ///< other forms may be sent under the same address
    bool is_coded = false;
    FieldLines lines;                  ///< Content-Type, validators, Accept-Ranges
    FieldLines validator_lines;        ///< for 304
    std::string bytes;                 ///< the content, ...
    UniqueFd descriptor;               ///< ... unless it is too large to keep
    std::shared_ptr<CodedForms> forms; ///< null: it is always sent as it is
    mutable std::atomic<Clock::rep> checked_at = 0;
};

struct CacheSettings {
    std::size_t bytes = 32 * 1024 * 1024;
    std::size_t file_bytes = 64 * 1024;
    Clock::duration revalidate = std::chrono::seconds(1);
};

/// Thread-safe.
class FileCache {
public:
    explicit FileCache(const CacheSettings& settings);

    struct Hit {
        std::shared_ptr<const StoredFile> file; ///< null: not here
        bool is_due = false; ///< to be looked at again, by this caller and by nobody else
    };
    /// `site` tells equal paths of different roots apart.
    Hit find(const void* site, std::string_view path, Clock::time_point now);

    /// Keeps `file` under that path, instead of what is there.
    void store(const void* site, std::string_view path, std::shared_ptr<const StoredFile> file);
    void forget(const void* site, std::string_view path);
    /// `file`'s forms have changed, and so has what it takes; nothing if it is not kept.
    void weigh(const void* site, std::string_view path, const StoredFile& file);

    Clock::duration revalidate() const noexcept { return revalidate_; }
    bool takes(std::uint64_t size) const noexcept { return size <= largest_; }
    /// As accounted: content, names, and a share of the bookkeeping.
    std::size_t bytes() const;

private:
    struct Key {
        const void* site;
        std::string_view path;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    struct Entry {
        const void* site;
        std::string path;
        std::shared_ptr<const StoredFile> file;
        std::size_t cost;
        bool wanted = false; ///< since the hand came by
    };
    using Entries = std::list<Entry>;
    /// Each has a lock of its own. The oldest entry is in front.
    struct Shard {
        mutable std::mutex mutex;
        Entries entries;
        std::unordered_map<Key, Entries::iterator, KeyHash> index; ///< keys point into entries
        std::size_t bytes = 0;

        void remove(Entries::iterator entry);
        void make_room(std::size_t budget);
    };

    Shard& shard_of(const Key& key);

    const Clock::duration revalidate_;
    std::vector<Shard> shards_;
    std::size_t shard_budget_;
    std::uint64_t largest_; ///< file that is kept
};

} // namespace tern::http
