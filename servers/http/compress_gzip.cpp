#include "servers/http/compress.h"

#include <zlib.h>

#include <limits>
#include <new>

namespace tern::http {
namespace {

constexpr int level = 5;
constexpr int gzip_window = 15 + 16; // zlib's way to ask for gzip's format; its header has no date
constexpr int usual_memory = 8;

/// Owns what zlib allocates.
class Deflater {
public:
    Deflater() {
        if (::deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, usual_memory,
                           Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc();
    }
    ~Deflater() { ::deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    z_stream& stream() noexcept { return stream_; }

private:
    z_stream stream_ = {};
};

} // namespace

std::optional<std::size_t> compress_gzip(std::string_view content, std::string& to) {
    if (content.size() > std::numeric_limits<uInt>::max())
        return std::nullopt;
    Deflater deflater;
    z_stream& stream = deflater.stream();
    // zlib never writes through next_in; its type predates const.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(to.data());
    stream.avail_out = static_cast<uInt>(to.size());
    if (::deflate(&stream, Z_FINISH) != Z_STREAM_END)
        return std::nullopt;
    return stream.total_out;
}

} // namespace tern::http
