#pragma once
// What is sent over a data connection in chunks that are made as they are needed.

#include "common/base/result.h"
#include "common/base/unique_fd.h"

#include <string>

namespace tern::ftp {

enum class Supply : unsigned char { more, exhausted };

class Producer {
public:
    virtual ~Producer() = default;
    /// Appends the next chunk, some ten KiB; nothing once exhausted. Errors: the system's.
    virtual Result<Supply> produce(std::string& to) = 0;
};

/// A file as network text (TYPE A).
class TextFile final : public Producer {
public:
    /// From where `file` stands.
    explicit TextFile(UniqueFd file) noexcept : file_(std::move(file)) {}
    Result<Supply> produce(std::string& to) override;

private:
    UniqueFd file_;
};

} // namespace tern::ftp
