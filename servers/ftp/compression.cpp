#include "servers/ftp/compression.h"

#include <zlib.h>

#include <new>
#include <utility>

namespace tern::ftp {
namespace {

/// zlib never writes through next_in; its type predates const.
Bytef* input(std::string_view bytes) noexcept {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

class Compressed final : public Producer {
public:
    Compressed(std::unique_ptr<Producer> plain, int level) : plain_(std::move(plain)) {
        if (::deflateInit(&stream_, level) != Z_OK)
            throw std::bad_alloc();
    }
    ~Compressed() override { ::deflateEnd(&stream_); }
    Compressed(const Compressed&) = delete;
    Compressed& operator=(const Compressed&) = delete;

    Result<Supply> produce(std::string& to) override {
        if (finished_)
            return Supply::exhausted;
        chunk_.clear();
        const Result<Supply> more = plain_->produce(chunk_);
        if (!more)
            return more;
        finished_ = *more == Supply::exhausted;
        deflate(to, finished_ ? Z_FINISH : Z_NO_FLUSH);
        return Supply::more;
    }

private:
    void deflate(std::string& to, int flush) {
        stream_.next_in = input(chunk_);
        stream_.avail_in = static_cast<uInt>(chunk_.size());
        do {
            const std::size_t before = to.size();
            to.resize(before + piece);
            stream_.next_out = reinterpret_cast<Bytef*>(to.data() + before);
            stream_.avail_out = piece;
            ::deflate(&stream_, flush);
            to.resize(before + piece - stream_.avail_out);
        } while (stream_.avail_out == 0);
    }

    static constexpr unsigned piece = 16384;
    std::unique_ptr<Producer> plain_;
    std::string chunk_;
    z_stream stream_ = {};
    bool finished_ = false;
};

} // namespace

std::unique_ptr<Producer> compressed(std::unique_ptr<Producer> plain, int level) {
    return std::make_unique<Compressed>(std::move(plain), level);
}

Decompressor::Decompressor() : stream_(std::make_unique<z_stream>()) {
    if (::inflateInit(stream_.get()) != Z_OK)
        throw std::bad_alloc();
}

Decompressor::~Decompressor() { ::inflateEnd(stream_.get()); }

Result<void> Decompressor::decompress(std::string_view& from, std::string& to, std::size_t limit) {
    has_more_ = false;
    if (from.empty() && complete_)
        return {};
    if (complete_)
        return std::make_error_code(std::errc::bad_message);
    const std::size_t before = to.size();
    to.resize(before + limit);
    stream_->next_in = input(from);
    stream_->avail_in = static_cast<uInt>(from.size());
    stream_->next_out = reinterpret_cast<Bytef*>(to.data() + before);
    stream_->avail_out = static_cast<uInt>(limit);
    const int result = ::inflate(stream_.get(), Z_NO_FLUSH);
    from.remove_prefix(from.size() - stream_->avail_in);
    to.resize(before + limit - stream_->avail_out);
    complete_ = result == Z_STREAM_END;
    has_more_ = !complete_ && stream_->avail_out == 0;
    // Z_BUF_ERROR: nothing to do without more input.
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return std::make_error_code(std::errc::bad_message);
    return {};
}

std::uint32_t extended_crc32(std::uint32_t crc, std::string_view bytes) noexcept {
    return static_cast<std::uint32_t>(::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()),
                                              static_cast<uInt>(bytes.size())));
}

} // namespace tern::ftp
