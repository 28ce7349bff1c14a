#include "servers/http/compress.h"

#include <zstd.h>

namespace tern::http {

std::optional<std::size_t> compress_zstd(std::string_view content, std::string& to) {
    constexpr int level = 6;
    const std::size_t size =
        ::ZSTD_compress(to.data(), to.size(), content.data(), content.size(), level);
    if (::ZSTD_isError(size) != 0) // no room, most likely
        return std::nullopt;
    return size;
}

} // namespace tern::http
