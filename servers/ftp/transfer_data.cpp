// What a transfer does with its data connection once it stands: it receives or sends, at the user's
// pace.

#include "servers/ftp/transfer.h"

#include <algorithm>
#include <span>

namespace tern::ftp {
namespace {

using Outcome = net::Progress::Outcome;

/// Of an upload: the fewer and larger the reads, the fewer acknowledgements TCP sends. On the
/// stack, so that uploads that wait need no memory for it (docs/decisions/0047).
constexpr std::size_t read_at_once = 524288;

/// Of a compressed upload, in bytes; and how many before others get their turn.
constexpr std::size_t piece_size = 65536;
constexpr unsigned pieces_per_turn = 16;

} // namespace

Transfer::Step Transfer::move() {
    if (is_too_fast())
        return Step::wait;
    return cargo_.upload ? receive() : send();
}

bool Transfer::is_too_fast() const noexcept {
    return phase_ == Phase::moving && control_.now() < next_portion_;
}

std::size_t Transfer::portion() const noexcept {
    return exchange_.account.portion(is_upload_ ? Direction::up : Direction::down);
}

void Transfer::keep_pace(std::size_t bytes) noexcept {
    next_portion_ = exchange_.account.moved(is_upload_ ? Direction::up : Direction::down, bytes,
                                            control_.now());
    deadline_ = std::max(deadline_, next_portion_ + exchange_.context.settings.stall_timeout);
}

Transfer::Step Transfer::receive() {
    if (decompressor_ && (!compressed_.empty() || decompressor_->has_more()))
        return decompress();
    std::array<char, read_at_once> passing;
    std::span<char> room = passing;
    if (cargo_.is_compressed) { // what comes of it may take several turns
        if (!buffer_)
            buffer_ = std::make_unique<std::array<char, 65536>>();
        room = *buffer_;
    }
    const net::Progress progress = data_->try_read(room.first(std::min(room.size(), portion())));
    const bool cut = progress.outcome == Outcome::failed && progress.error == Condition::truncated;
    const bool may_be_cut = !exchange_.context.settings.require_close_notify;
    if (progress.outcome == Outcome::ended || (cut && may_be_cut))
        return receive_end();
    if (progress.outcome != Outcome::moved)
        return blocked(progress);
    moved_ += progress.bytes;
    made_progress();
    const std::string_view bytes(room.data(), progress.bytes);
    if (!cargo_.is_compressed)
        return store(bytes);
    if (!decompressor_)
        decompressor_.emplace();
    compressed_ = bytes;
    return decompress();
}

Transfer::Step Transfer::receive_end() {
    if (cargo_.is_compressed && !(decompressor_ && decompressor_->is_complete())) {
        finish(End::broken);
        return Step::wait;
    }
    std::string text;
    text_reader_.end(text);
    const Result<void> written = cargo_.upload->write(text);
    if (!written)
        finish(End::failed_here, written.error());
    else if (cargo_.upload->is_too_short())
        finish(End::broken);
    else
        return begin_tail();
    return Step::wait;
}

Transfer::Step Transfer::begin_tail() {
    const Result<void> begun = cargo_.upload->begin_tail();
    if (!begun) {
        finish(End::failed_here, begun.error());
        return Step::wait;
    }
    all_has_come_ = true;
    phase_ = Phase::copying;
    return Step::go_on;
}

/// One piece of it: a few bytes may become thousands of times as many.
Transfer::Step Transfer::decompress() {
    decompressed_.clear();
    const Result<void> good = decompressor_->decompress(compressed_, decompressed_, piece_size);
    if (!good) {
        finish(End::failed_here, good.error());
        return Step::wait;
    }
    const Step step = store(decompressed_);
    return ++pieces_ % pieces_per_turn == 0 ? give_turn() : step;
}

Transfer::Step Transfer::give_turn() noexcept {
    interest_ = 0;
    return Step::wait;
}

Transfer::Step Transfer::store(std::string_view bytes) {
    if (cargo_.digest)
        cargo_.digest->add(bytes);
    std::string text; // not kept: uploads that wait need no memory for it
    if (cargo_.is_text) {
        text_reader_.read(bytes, text);
        bytes = text;
    }
    const Result<void> written = cargo_.upload->write(bytes);
    if (!written)
        finish(End::failed_here, written.error());
    made_progress();
    keep_pace(bytes.size());
    return Step::go_on;
}

Transfer::Step Transfer::send() {
    if (cargo_.producer && chunk_sent_ == chunk_.size() && produce() == Step::wait)
        return Step::wait;
    if (!cargo_.producer && cargo_.offset == cargo_.end) {
        finish(End::complete);
        return Step::wait;
    }
    const std::size_t most = portion();
    const iovec piece = {chunk_.data() + chunk_sent_, std::min(most, chunk_.size() - chunk_sent_)};
    const net::Progress progress =
        cargo_.producer ? data_->try_write({&piece, 1})
                        : data_->try_send_file(
                              cargo_.file.get(), cargo_.offset,
                              std::min(most, static_cast<std::size_t>(cargo_.end - cargo_.offset)));
    if (progress.outcome != Outcome::moved)
        return blocked(progress);
    moved_ += progress.bytes;
    chunk_sent_ += cargo_.producer ? progress.bytes : 0;
    cargo_.offset += static_cast<off_t>(progress.bytes);
    made_progress();
    keep_pace(progress.bytes);
    return Step::go_on;
}

/// The next chunk; wait: there is none, or none yet.
Transfer::Step Transfer::produce() {
    chunk_.clear();
    chunk_sent_ = 0;
    const Result<Supply> more = cargo_.producer->produce(chunk_);
    made_progress();
    if (!more || *more == Supply::exhausted) {
        finish(more ? End::complete : End::failed_here, more ? std::error_code() : more.error());
        return Step::wait;
    }
    return chunk_.empty() ? give_turn() : Step::go_on;
}

} // namespace tern::ftp
