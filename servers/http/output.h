#pragma once
// What is to be sent on a connection, in order: texts that are put together here, bytes and parts
// of files that others own. Several responses leave in one system call.

#include "servers/http/response.h"

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

class Output {
public:
    Output();

    /// Where texts are appended; end_text() then puts what was appended into its place.
    std::string& text() noexcept { return text_; }
    void end_text();
    /// The same, but makes no new piece of it if a text came last.
    void extend_text();

    void add(std::string_view bytes, std::shared_ptr<const void> owner);
    void add(const FileRegion& file, std::shared_ptr<const void> owner);

    bool empty() const noexcept { return next_ == pieces_.size(); }
    /// Enough for now: more would only take memory, or descriptors.
    bool full() const noexcept { return has_file_ || pieces_.size() >= most_pieces; }
    std::size_t pieces() const noexcept { return pieces_.size() - next_; }
    /// All bytes that were added so far, and those of them that were sent.
    std::uint64_t bytes_added() const noexcept { return added_; }
    std::uint64_t bytes_sent() const noexcept { return sent_; }

    /// What comes next, if it is part of a file.
    const FileRegion* file() const noexcept;
    /// Else the pieces in memory that come next, as many as `into` has room for.
    std::span<const iovec> memory(std::span<iovec> into) const noexcept;
    void sent(std::uint64_t bytes);
    /// When empty: gives back the memory of what was sent.
    void release();

    static constexpr std::size_t most_pieces = 64;

private:
    struct Piece {
        const char* data = nullptr; ///< null: in text_, from `offset` on; or in a file
        std::uint64_t offset = 0;
        FileRegion file;
        std::uint64_t length = 0;
        std::shared_ptr<const void> owner;
    };
    void append(Piece piece);

    std::string text_;
    std::size_t text_used_ = 0; ///< of text_, by pieces
    std::vector<Piece> pieces_;
    std::size_t next_ = 0; ///< pieces before it are sent
    bool has_file_ = false;
    std::uint64_t added_ = 0;
    std::uint64_t sent_ = 0;
};

} // namespace tern::http
