#pragma once
// What is sent over a data connection in chunks that are made as they are needed.

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <cstdint>
#include <string>

namespace tern::ftp {

enum class Supply : unsigned char { more, exhausted };

class Producer {
public:
    virtual ~Producer() = default;
    /// Appends the next chunk, some ten KiB; nothing once exhausted. Now and then there is none
    /// yet: others shall have their turn before the next call. Errors: the system's.
    virtual Result<Supply> produce(std::string& to) = 0;
};

/// A file as it is, for a producer that does something to it.
class PlainFile final : public Producer {
public:
    /// From `offset` to `end`.
    PlainFile(UniqueFd file, off_t offset, off_t end) noexcept
        : file_(std::move(file)), offset_(offset), end_(end) {}
    Result<Supply> produce(std::string& to) override;

private:
    UniqueFd file_;
    off_t offset_;
    off_t end_;
};

/// A file as network text (TYPE A).
class TextFile final : public Producer {
public:
    /// `skipped` bytes of the text, as it goes on the wire, are left out (REST).
    TextFile(UniqueFd file, std::uint64_t skipped) noexcept
        : file_(std::move(file)), to_skip_(skipped) {}
    /// Errors: invalid_seek if there is less than was to be skipped.
    Result<Supply> produce(std::string& to) override;

private:
    UniqueFd file_;
    std::uint64_t to_skip_;
};

} // namespace tern::ftp
