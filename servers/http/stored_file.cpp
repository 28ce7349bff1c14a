#include "servers/http/stored_file.h"

#include "common/protocol/http/date.h"
#include "servers/http/compress.h"

#include <fmt/format.h>

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tern::http {
namespace {

/// Two changes of a file closer than this may leave the same times behind.
constexpr std::time_t clock_granularity_s = 2;

/// All of an open file; nothing if its size is not what was promised.
std::optional<std::string> read_all(int descriptor, std::uint64_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got =
            ::pread(descriptor, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return std::nullopt;
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

bool is_settled(const FileIdentity& identity, std::time_t now) noexcept {
    const std::int64_t latest = std::max(identity.modified_ns, identity.changed_ns);
    return latest / 1'000'000'000 + clock_granularity_s < now;
}

/// FNV-1a.
std::uint64_t digest_of(std::string_view bytes) noexcept {
    std::uint64_t digest = 0xcbf29ce484222325;
    for (const char c : bytes)
        digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return digest;
}

/// The lines of responses, of all that has been set before.
void describe(StoredFile& file, const FileNature& nature) {
    file.validator_lines.add("Last-Modified", view(format_date(file.modified)));
    file.validator_lines.add("ETag", file.entity_tag);
    file.is_negotiable = nature.is_negotiable;
    if (nature.is_negotiable)
        file.validator_lines.add("Vary", "Accept-Encoding");
    file.lines = file.validator_lines;
    file.is_coded = nature.coding.has_value();
    file.content_type = nature.content_type;
    file.lines.add("Content-Type", file.content_type);
    if (nature.coding)
        file.lines.add("Content-Encoding", name_of(*nature.coding));
    file.lines.add("Accept-Ranges", "bytes");
}

} // namespace

std::shared_ptr<StoredFile> load_file(OpenFile file, const FileNature& nature, bool keep,
                                      const Moment& moment) {
    auto stored = std::make_shared<StoredFile>();
    const FileIdentity& identity = file.identity;
    stored->identity = identity;
    stored->settled = is_settled(identity, moment.wall);
    // RFC 9110 §8.8.2.1: not later than the response's own date.
    stored->modified = std::min(identity.modified(), moment.wall);
    // RFC 9110 §8.8.3.3: forms of one resource have strong tags of their own.
    stored->entity_tag =
        entity_tag_of(identity, nature.coding ? name_of(*nature.coding) : std::string_view());
    describe(*stored, nature);
    stored->checked_at = moment.steady.time_since_epoch().count();

    const int descriptor = file.descriptor.get();
    if (keep) {
        std::optional<std::string> bytes = read_all(descriptor, identity.size);
        const Result<FileIdentity> after = identify(descriptor);
        if (bytes && after && *after == identity) { // not written to while we read
            stored->bytes = std::move(*bytes);
            return stored;
        }
    }
    stored->descriptor = std::move(file.descriptor);
    return stored;
}

std::shared_ptr<StoredFile> make_coded(const StoredFile& plain, Coding coding) {
    std::optional<std::string> bytes = compress(coding, plain.bytes);
    if (!bytes)
        return nullptr;
    auto coded = std::make_shared<StoredFile>();
    coded->identity = plain.identity;
    coded->identity.size = bytes->size();
    coded->settled = plain.settled;
    coded->modified = plain.modified;
    // Another version of the library may make other bytes of the same file: the tag is of these.
    const std::string form = fmt::format("{}-{:x}", name_of(coding), digest_of(*bytes));
    coded->entity_tag = entity_tag_of(plain.identity, form);
    coded->bytes = std::move(*bytes);
    describe(*coded, {plain.content_type, coding, true});
    return coded;
}

} // namespace tern::http
