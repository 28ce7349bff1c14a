#include "tests/harness/decompress.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <stdexcept>

namespace tern::test {
namespace {

constexpr std::size_t largest = 2 * 1024 * 1024; // more is a bomb
constexpr int gzip_window = 15 + 16;

Bytef* bytes_of(std::string_view text) {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

std::string gunzip(std::string_view content) {
    z_stream stream = {};
    if (::inflateInit2(&stream, gzip_window) != Z_OK)
        throw std::runtime_error("inflateInit2");
    std::string plain(largest, '\0');
    stream.next_in = bytes_of(content);
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = bytes_of(plain);
    stream.avail_out = static_cast<uInt>(plain.size());
    const int result = ::inflate(&stream, Z_FINISH);
    plain.resize(stream.total_out);
    const bool is_whole = result == Z_STREAM_END && stream.avail_in == 0;
    ::inflateEnd(&stream);
    if (!is_whole)
        throw std::runtime_error("not gzip");
    return plain;
}

std::string decompress_brotli(std::string_view content) {
    std::string plain(largest, '\0');
    std::size_t size = plain.size();
    if (::BrotliDecoderDecompress(
            content.size(), reinterpret_cast<const std::uint8_t*>(content.data()), &size,
            reinterpret_cast<std::uint8_t*>(plain.data())) != BROTLI_DECODER_RESULT_SUCCESS)
        throw std::runtime_error("not brotli");
    plain.resize(size);
    return plain;
}

std::string decompress_zstd(std::string_view content) {
    std::string plain(largest, '\0');
    const std::size_t size =
        ::ZSTD_decompress(plain.data(), plain.size(), content.data(), content.size());
    if (::ZSTD_isError(size) != 0)
        throw std::runtime_error("not zstd");
    plain.resize(size);
    return plain;
}

} // namespace

std::string decompress(std::string_view coding, std::string_view content) {
    if (coding.empty())
        return std::string(content);
    if (coding == "gzip")
        return gunzip(content);
    if (coding == "br")
        return decompress_brotli(content);
    if (coding == "zstd")
        return decompress_zstd(content);
    throw std::runtime_error("unknown coding: " + std::string(coding));
}

std::string gzip(std::string_view content, int level) {
    z_stream stream = {};
    if (::deflateInit2(&stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2");
    std::string coded(::deflateBound(&stream, content.size()), '\0');
    stream.next_in = bytes_of(content);
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = bytes_of(coded);
    stream.avail_out = static_cast<uInt>(coded.size());
    const bool is_done = ::deflate(&stream, Z_FINISH) == Z_STREAM_END;
    coded.resize(stream.total_out);
    ::deflateEnd(&stream);
    if (!is_done)
        throw std::runtime_error("deflate");
    return coded;
}

} // namespace tern::test
