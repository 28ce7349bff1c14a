#include "servers/ftp/producer.h"

#include "common/protocol/ftp/ascii.h"

#include <unistd.h>

#include <array>

namespace tern::ftp {

Result<Supply> TextFile::produce(std::string& to) {
    std::array<char, 32768> bytes;
    const ssize_t got = ::read(file_.get(), bytes.data(), bytes.size());
    if (got < 0)
        return last_error();
    append_as_network_text(to, {bytes.data(), static_cast<std::size_t>(got)});
    return got > 0 ? Supply::more : Supply::exhausted;
}

} // namespace tern::ftp
