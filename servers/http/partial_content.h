#pragma once
// Parts of a file (RFC 9110 §15.3.7): one by itself, several as multipart/byteranges.

#include "common/protocol/http/range.h"
#include "servers/http/file_cache.h"
#include "servers/http/response.h"

#include <memory>
#include <span>

namespace tern::http {

/// From memory or from the descriptor, whichever the file has.
ContentPart part_of(const StoredFile& file, const ByteRange& range);

/// 206, with at least one range, all of them within the file.
Response partial_content(std::shared_ptr<const StoredFile> file, std::span<const ByteRange> ranges);

/// 416, for a file of that size.
Response unsatisfiable_range(std::uint64_t size);

} // namespace tern::http
