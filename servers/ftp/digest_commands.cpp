// Checksums: HASH (draft-bryan-ftpext-hash), and the older XCRC, XMD5, XSHA1, XSHA256, XSHA512.

#include "common/protocol/ftp/argument.h"
#include "common/protocol/ftp/reply.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/digest.h"
#include "servers/ftp/labour.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tern::ftp {
namespace {

/// As much is read before others get their turn.
constexpr std::uint64_t slice = 512 * 1024;

/// Bytes of a file: `end` is the first one that is not meant.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// What is to be told of a file.
struct DigestWish {
    DigestKind kind;
    std::string path; ///< as the client said it
    Range range;
    bool is_hash; ///< the reply is HASH's, or that of the X commands
};

class DigestLabour final : public Labour {
public:
    DigestLabour(UniqueFd file, DigestWish wish)
        : file_(std::move(file)), wish_(std::move(wish)), at_(wish_.range.begin),
          digest_(Digest::make(wish_.kind)) {}

    bool advance(Exchange& exchange) override {
        std::array<char, 65536> bytes;
        for (std::uint64_t done = 0; done < slice && at_ < wish_.range.end;) {
            const auto wanted = std::min<std::uint64_t>(bytes.size(), wish_.range.end - at_);
            const ssize_t got = ::pread(file_.get(), bytes.data(), wanted, static_cast<off_t>(at_));
            if (got <= 0) {
                exchange.reply_error(got < 0 ? last_error() // or it has shrunk
                                             : std::make_error_code(std::errc::io_error));
                return true;
            }
            digest_->add({bytes.data(), static_cast<std::size_t>(got)});
            at_ += static_cast<std::uint64_t>(got);
            done += static_cast<std::uint64_t>(got);
        }
        if (at_ < wish_.range.end)
            return false;
        tell(exchange);
        return true;
    }

    std::string progress() const override {
        return "Reading " + in_one_line(wish_.path) + ", " +
               std::to_string(at_ - wish_.range.begin) + " bytes so far.";
    }

private:
    void tell(Exchange& exchange) {
        const std::string value = digest_->finish();
        if (!wish_.is_hash)
            return exchange.reply(250, upper(value));
        // The draft's ranges name the last byte, as RANG does; of no bytes there is none.
        const std::uint64_t last = std::max(wish_.range.begin + 1, wish_.range.end) - 1;
        exchange.reply(213, std::string(name_of(wish_.kind)) + ' ' +
                                std::to_string(wish_.range.begin) + '-' + std::to_string(last) +
                                ' ' + value + ' ' + in_one_line(wish_.path));
    }

    UniqueFd file_;
    DigestWish wish_;
    std::uint64_t at_;
    std::unique_ptr<Digest> digest_;
};

/// Begins; `wish.range` is cut to what there is. What is no file is `not_a_file`.
void begin(Exchange& exchange, DigestWish wish, unsigned not_a_file) {
    if (!exchange.may(Right::read))
        return;
    Result<UniqueFd> file = exchange.home->open(exchange.path_of(wish.path), O_RDONLY);
    if (!file)
        return exchange.reply_error(file.error());
    struct stat status;
    if (::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode))
        return exchange.reply(not_a_file, "Not a file.");
    wish.range.end = std::min(wish.range.end, static_cast<std::uint64_t>(status.st_size));
    if (wish.range.begin > wish.range.end)
        return exchange.reply(501, "The range is beyond the file's end.");
    exchange.labour = std::make_unique<DigestLabour>(std::move(*file), std::move(wish));
    exchange.next = Next::labour;
}

/// "path", "path begin" or "path begin end"; the path may be in quotes. What names a file as it
/// stands is no range, though it may end with numbers.
std::optional<DigestWish> wish_from(const Exchange& exchange, DigestKind kind, Text argument) {
    DigestWish wish{kind, argument, {0, whole_file}, false};
    const bool in_quotes = argument.starts_with('"');
    if (!in_quotes && exchange.home->status(exchange.path_of(argument)))
        return wish;
    const auto parted = part_range(argument);
    if (!parted)
        return std::nullopt;
    wish.path = parted->path;
    wish.range = {parted->begin.value_or(0), parted->end.value_or(whole_file)};
    return wish;
}

void x_command(Exchange& exchange, DigestKind kind, Text argument) {
    auto wish = wish_from(exchange, kind, argument);
    if (!wish || wish->range.begin > wish->range.end)
        return exchange.reply(501, "Syntax: a file, and perhaps where to begin and to end.");
    begin(exchange, std::move(*wish), 550);
}

} // namespace

void hash_command(Exchange& exchange, Text path) {
    const Range range = {std::exchange(exchange.restart, 0),
                         std::exchange(exchange.range_end, whole_file)};
    begin(exchange, {exchange.digest, path, range, true}, 553);
}

void xcrc_command(Exchange& exchange, Text argument) {
    x_command(exchange, DigestKind::crc32, argument);
}
void xmd5_command(Exchange& exchange, Text argument) {
    x_command(exchange, DigestKind::md5, argument);
}
void xsha1_command(Exchange& exchange, Text argument) {
    x_command(exchange, DigestKind::sha1, argument);
}
void xsha256_command(Exchange& exchange, Text argument) {
    x_command(exchange, DigestKind::sha256, argument);
}
void xsha512_command(Exchange& exchange, Text argument) {
    x_command(exchange, DigestKind::sha512, argument);
}

} // namespace tern::ftp
