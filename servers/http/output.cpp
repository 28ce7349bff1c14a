#include "servers/http/output.h"

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

// A page's head and body; small enough for malloc's fastest lists.
constexpr std::size_t usual_text = 960;
constexpr std::size_t usual_pieces = 4;

} // namespace

Output::Output() {
    text_.reserve(usual_text);
    pieces_.reserve(usual_pieces);
}

void Output::append(Piece piece) {
    if (piece.length == 0)
        return;
    added_ += piece.length;
    pieces_.push_back(std::move(piece));
}

void Output::end_text() {
    Piece piece;
    piece.offset = text_used_;
    piece.length = text_.size() - text_used_;
    text_used_ = text_.size();
    append(std::move(piece));
}

void Output::extend_text() {
    if (empty() || pieces_.back().data != nullptr || pieces_.back().file.descriptor >= 0)
        return end_text();
    const std::uint64_t more = text_.size() - text_used_; // texts lie one after the other
    pieces_.back().length += more;
    added_ += more;
    text_used_ = text_.size();
}

void Output::add(std::string_view bytes, std::shared_ptr<const void> owner) {
    Piece piece;
    piece.data = bytes.data();
    piece.length = bytes.size();
    piece.owner = std::move(owner);
    append(std::move(piece));
}

void Output::add(const FileRegion& file, std::shared_ptr<const void> owner) {
    Piece piece;
    piece.file = file;
    piece.length = file.length;
    piece.owner = std::move(owner);
    has_file_ = has_file_ || piece.length > 0;
    append(std::move(piece));
}

const FileRegion* Output::file() const noexcept {
    if (empty() || pieces_[next_].file.descriptor < 0)
        return nullptr;
    return &pieces_[next_].file;
}

std::span<const iovec> Output::memory(std::span<iovec> into) const noexcept {
    std::size_t count = 0;
    for (std::size_t at = next_; at < pieces_.size() && count < into.size(); ++at) {
        const Piece& piece = pieces_[at];
        if (piece.file.descriptor >= 0)
            break;
        const char* const data = piece.data != nullptr ? piece.data : text_.data() + piece.offset;
        // sendmsg never writes through the pointer; iovec's type predates const.
        into[count++] = {const_cast<char*>(data), static_cast<std::size_t>(piece.length)};
    }
    return into.first(count);
}

void Output::sent(std::uint64_t bytes) {
    sent_ += bytes;
    while (bytes > 0) {
        Piece& piece = pieces_[next_];
        const std::uint64_t taken = std::min(bytes, piece.length);
        bytes -= taken;
        piece.length -= taken;
        if (piece.data != nullptr)
            piece.data += taken;
        piece.offset += taken;
        piece.file.offset += static_cast<off_t>(taken);
        piece.file.length -= std::min(taken, piece.file.length);
        if (piece.length > 0)
            return;
        piece.owner.reset();
        ++next_;
    }
    if (empty()) {
        pieces_.clear();
        text_.clear();
        next_ = text_used_ = 0;
        has_file_ = false;
    }
}

void Output::release() {
    text_ = {};
    pieces_ = {};
}

} // namespace tern::http
