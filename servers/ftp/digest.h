#pragma once
// Checksums: of files, as HASH and the X commands tell them; of transfers, for the log.

#include "servers/ftp/producer.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::ftp {

enum class DigestKind : unsigned char { crc32, md5, sha1, sha256, sha512 };

/// As HASH names them: "SHA-256".
std::string_view name_of(DigestKind kind) noexcept;
std::optional<DigestKind> digest_named(std::string_view name);
/// "CRC32;MD5;SHA-1;SHA-256*;SHA-512", as FEAT tells: the present one with a star.
std::string digest_features(DigestKind present);

/// Takes bytes as they come.
class Digest {
public:
    virtual ~Digest() = default;
    static std::unique_ptr<Digest> make(DigestKind kind);

    virtual void add(std::string_view bytes) = 0;
    /// Once, at the end: in hexadecimal, small letters.
    virtual std::string finish() = 0;
};

/// What `plain` produces, added to `digest`, which lives as long.
std::unique_ptr<Producer> digested(std::unique_ptr<Producer> plain, Digest& digest);

} // namespace tern::ftp
