#include "servers/http/partial_content.h"

#include <fmt/format.h>

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tern::http {
namespace {

std::string content_range(const ByteRange& range, std::uint64_t size) {
    return fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, size);
}

/// No content can have it within, not even one that was made to.
std::string make_boundary() {
    std::array<std::uint64_t, 2> random = {};
    [[maybe_unused]] const ssize_t got = ::getrandom(random.data(), sizeof random, 0);
    return fmt::format("{:016x}{:016x}", random[0], random[1]);
}

/// What the parts of one response point into.
struct Multipart {
    std::shared_ptr<const StoredFile> file;
    std::vector<std::string> heads; ///< one more than parts: the last one ends the content
};

Response several_parts(std::shared_ptr<const StoredFile> file, std::span<const ByteRange> ranges) {
    const std::string boundary = make_boundary();
    const auto multipart = std::make_shared<Multipart>();
    for (const ByteRange& range : ranges)
        multipart->heads.push_back(
            fmt::format("\r\n--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", boundary,
                        file->content_type, content_range(range, file->identity.size)));
    multipart->heads.push_back(fmt::format("\r\n--{}--\r\n", boundary));

    Response response;
    response.status = Status::partial_content;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        response.parts.push_back({multipart->heads[i], {}});
        response.parts.push_back(part_of(*file, ranges[i]));
    }
    response.parts.push_back({multipart->heads.back(), {}});
    response.fields.add("Content-Type", "multipart/byteranges; boundary=" + boundary);
    response.fields.add("Accept-Ranges", "bytes");
    response.prepared = &file->validator_lines;
    multipart->file = std::move(file);
    response.owner = multipart;
    return response;
}

} // namespace

ContentPart part_of(const StoredFile& file, const ByteRange& range) {
    if (file.descriptor)
        return {{}, {file.descriptor.get(), static_cast<off_t>(range.first), range.length}};
    return {std::string_view(file.bytes).substr(range.first, range.length), {}};
}

Response partial_content(std::shared_ptr<const StoredFile> file,
                         std::span<const ByteRange> ranges) {
    if (ranges.size() > 1)
        return several_parts(std::move(file), ranges);
    // RFC 9110 §15.3.7.2: a single range is never sent as multipart.
    Response response;
    response.status = Status::partial_content;
    response.fields.add("Content-Range", content_range(ranges.front(), file->identity.size));
    const ContentPart content = part_of(*file, ranges.front());
    response.bytes = content.bytes;
    response.file = content.file;
    response.prepared = &file->lines;
    response.owner = std::move(file);
    return response;
}

Response unsatisfiable_range(std::uint64_t size) { // RFC 9110 §15.5.17
    Response response = error_response(Status::range_not_satisfiable);
    response.fields.add("Content-Range", fmt::format("bytes */{}", size));
    return response;
}

} // namespace tern::http
