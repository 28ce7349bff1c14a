#pragma once
// MODE Z: data connections compressed by zlib (RFC 1950), in both directions.

#include "common/base/result.h"
#include "servers/ftp/producer.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace tern::ftp {

/// What `plain` produces, compressed. `level` is zlib's: 0 (not at all) to 9.
std::unique_ptr<Producer> compressed(std::unique_ptr<Producer> plain, int level);

/// Undoes it, piece by piece, so that no input, however small, makes much at once.
class Decompressor {
public:
    Decompressor();
    ~Decompressor();
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    /// Takes from the front of `from` and appends at most `limit` bytes. Errors: bad_message for
    /// what is not zlib's, and for anything after its end.
    Result<void> decompress(std::string_view& from, std::string& to, std::size_t limit);
    /// Whether more may come without more input.
    bool has_more() const noexcept { return has_more_; }
    /// Whether the stream is whole, checksum and all.
    bool is_complete() const noexcept { return complete_; }

private:
    std::unique_ptr<z_stream_s> stream_;
    bool has_more_ = false;
    bool complete_ = false;
};

/// `crc` (0 at first), extended by `bytes`.
std::uint32_t extended_crc32(std::uint32_t crc, std::string_view bytes) noexcept;

} // namespace tern::ftp
