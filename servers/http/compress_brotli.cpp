#include "servers/http/compress.h"

#include <brotli/encode.h>

namespace tern::http {

std::optional<std::size_t> compress_brotli(std::string_view content, std::string& to) {
    constexpr int quality = 5;
    std::size_t size = to.size();
    if (::BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, content.size(),
                                reinterpret_cast<const std::uint8_t*>(content.data()), &size,
                                reinterpret_cast<std::uint8_t*>(to.data())) != BROTLI_TRUE)
        return std::nullopt;
    return size;
}

} // namespace tern::http
