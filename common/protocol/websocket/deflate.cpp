#include "common/protocol/websocket/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace tern::websocket {
namespace {

/// What a message's end loses on the wire (RFC 7692 §7.2.1).
constexpr std::string_view empty_block("\x00\x00\xFF\xFF", 4);
constexpr int raw_window = -15; ///< no zlib header
constexpr std::size_t step = 4096;

class Stream {
public:
    explicit Stream(int (*end)(z_stream*)) noexcept : end_(end) {}
    ~Stream() { end_(&state); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void read_from(std::string_view bytes) noexcept {
        // zlib never writes through the pointer; its type predates const.
        state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        state.avail_in = static_cast<uInt>(bytes.size());
    }
    void write_to(char* into, std::size_t size) noexcept {
        state.next_out = reinterpret_cast<Bytef*>(into);
        state.avail_out = static_cast<uInt>(size);
    }

    z_stream state = {};

private:
    int (*end_)(z_stream*);
};

} // namespace

std::string deflate(std::string_view message) {
    Stream stream(::deflateEnd);
    constexpr int memory_level = 8;
    if (::deflateInit2(&stream.state, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, memory_level,
                       Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    // The bound is for Z_FINISH; a flush adds its empty block.
    std::string payload(::deflateBound(&stream.state, static_cast<uLong>(message.size())) +
                            empty_block.size() + 8,
                        '\0');
    stream.read_from(message);
    stream.write_to(payload.data(), payload.size());
    ::deflate(&stream.state, Z_SYNC_FLUSH);
    payload.erase(stream.state.total_out);
    if (payload.ends_with(empty_block))
        payload.erase(payload.size() - empty_block.size());
    return payload;
}

InflateOutcome inflate(std::string_view payload, std::size_t longest, std::string& text) {
    Stream stream(::inflateEnd);
    if (::inflateInit2(&stream.state, raw_window) != Z_OK)
        throw std::bad_alloc();
    std::array<char, step> piece{};
    for (const std::string_view part : {payload, empty_block}) {
        stream.read_from(part);
        do {
            stream.write_to(piece.data(), piece.size());
            const int result = ::inflate(&stream.state, Z_SYNC_FLUSH);
            const std::size_t bytes = piece.size() - stream.state.avail_out;
            if (bytes > longest - text.size())
                return InflateOutcome::too_long;
            text.append(piece.data(), bytes);
            if (result == Z_STREAM_END) // a final block: allowed, and nothing may follow it
                return part.data() == payload.data() && stream.state.avail_in > 1
                           ? InflateOutcome::broken
                           : InflateOutcome::done;
            if (result != Z_OK && result != Z_BUF_ERROR)
                return InflateOutcome::broken;
        } while (stream.state.avail_out == 0 || stream.state.avail_in > 0);
    }
    return InflateOutcome::done;
}

} // namespace tern::websocket
