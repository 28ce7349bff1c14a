#include "servers/http/compress.h"

namespace tern::http {
namespace {

std::optional<std::size_t> compress_into(Coding coding, std::string_view content, std::string& to) {
    switch (coding) {
    case Coding::gzip:
        return compress_gzip(content, to);
    case Coding::brotli:
        return compress_brotli(content, to);
    case Coding::zstd:
        return compress_zstd(content, to);
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> compress(Coding coding, std::string_view content) {
    if (content.size() < 2)
        return std::nullopt;
    std::string coded(content.size() - 1, '\0');
    const std::optional<std::size_t> size = compress_into(coding, content, coded);
    if (!size)
        return std::nullopt;
    coded.resize(*size);
    coded.shrink_to_fit(); // it is kept
    return coded;
}

} // namespace tern::http
