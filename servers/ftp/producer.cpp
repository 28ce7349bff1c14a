#include "servers/ftp/producer.h"

#include "common/protocol/ftp/ascii.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace tern::ftp {

Result<Supply> PlainFile::produce(std::string& to) {
    std::array<char, 32768> bytes;
    const auto wanted = std::min(bytes.size(), static_cast<std::size_t>(end_ - offset_));
    const ssize_t got = wanted == 0 ? 0 : ::pread(file_.get(), bytes.data(), wanted, offset_);
    if (got < 0)
        return last_error();
    if (got == 0 && wanted > 0) // it has shrunk
        return std::make_error_code(std::errc::io_error);
    to.append(bytes.data(), static_cast<std::size_t>(got));
    offset_ += got;
    return got > 0 ? Supply::more : Supply::exhausted;
}

Result<Supply> TextFile::produce(std::string& to) {
    std::array<char, 32768> bytes;
    const ssize_t got = ::read(file_.get(), bytes.data(), bytes.size());
    if (got < 0)
        return last_error();
    if (got == 0 && to_skip_ > 0)
        return std::make_error_code(std::errc::invalid_seek);
    const std::size_t before = to.size();
    append_as_network_text(to, {bytes.data(), static_cast<std::size_t>(got)});
    const auto skipped = std::min<std::uint64_t>(to_skip_, to.size() - before);
    to.erase(before, skipped);
    to_skip_ -= skipped;
    return got > 0 ? Supply::more : Supply::exhausted;
}

} // namespace tern::ftp
