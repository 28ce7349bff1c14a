#pragma once
// Contents in coded form, whole ones in one go. The same bytes always give the same bytes.
//
// The levels are moderate: 128 KiB of text take about 1 to 4 ms. Whoever wants more puts a file
// that was compressed beforehand beside the plain one.

#include "common/protocol/http/content_coding.h"

#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

/// Nothing if the result would not be smaller than `content`.
std::optional<std::string> compress(Coding coding, std::string_view content);

/// One library each: fills `to`, whose size is as much as may be written. The size of the result;
/// nothing if there is not enough room.
std::optional<std::size_t> compress_gzip(std::string_view content, std::string& to);
std::optional<std::size_t> compress_brotli(std::string_view content, std::string& to);
std::optional<std::size_t> compress_zstd(std::string_view content, std::string& to);

} // namespace tern::http
