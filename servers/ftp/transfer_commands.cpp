// Files and listings over a data connection: RETR, STOR, STOU, APPE, LIST, NLST, MLSD. They make
// ready what is to be moved; transfer.cpp moves it.

#include "common/protocol/ftp/glob.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/virtual_path.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/compression.h"
#include "servers/ftp/labour.h"
#include "servers/ftp/listing.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tern::ftp {
namespace {

/// Whether a transfer can begin; replies why not.
bool is_ready(Exchange& exchange) {
    const FtpSettings& settings = exchange.context.settings;
    const bool only_encrypted =
        settings.require_tls || (settings.data_protection == DataProtection::required &&
                                 exchange.control.connection().endpoints().encrypted);
    if (only_encrypted && !exchange.protects_data) {
        exchange.reply(522, "Please encrypt data with PROT P first."); // RFC 4217 §11.3
        return false;
    }
    if (exchange.door)
        return true;
    exchange.reply(425, "Please use PASV, EPSV, PORT or EPRT first.");
    return false;
}

void move(Exchange& exchange, Cargo cargo) {
    if (exchange.context.settings.transfer_digest && !cargo.is_listing)
        cargo.digest = Digest::make(*exchange.context.settings.transfer_digest);
    if (cargo.file && (exchange.is_compressed || cargo.digest))
        cargo.producer =
            std::make_unique<PlainFile>(std::move(cargo.file), cargo.offset, cargo.end);
    if (cargo.digest && cargo.producer)
        cargo.producer = digested(std::move(cargo.producer), *cargo.digest);
    if (exchange.is_compressed && cargo.producer)
        cargo.producer = compressed(std::move(cargo.producer), exchange.compression_level);
    cargo.is_compressed = exchange.is_compressed;
    exchange.cargo = std::move(cargo);
    exchange.next = Next::transfer;
}

std::string in_type(const Exchange& exchange) { return exchange.is_text ? "text" : "bytes"; }

void store(Exchange& exchange, UploadWish wish, std::string about) {
    wish.keeps_partial = exchange.context.settings.keep_partial && !exchange.is_text;
    Result<std::unique_ptr<Upload>> upload =
        Upload::begin(exchange.context.disk, *exchange.home, wish, exchange.account);
    if (!upload)
        return exchange.reply_error(upload.error());
    Cargo cargo;
    cargo.path = wish.path;
    cargo.about = std::move(about);
    cargo.upload = std::move(*upload);
    cargo.is_text = exchange.is_text;
    move(exchange, std::move(cargo));
}

/// STOR after REST in TYPE A: the offset is of the text as it goes on the wire (RFC 3659 §5), and
/// only reading the file tells where that is.
class OffsetLabour final : public Labour {
public:
    OffsetLabour(UniqueFd file, std::string path, std::uint64_t offset)
        : file_(std::move(file)), path_(std::move(path)), left_(offset) {}

    bool advance(Exchange& exchange) override {
        std::array<char, 65536> bytes;
        const ssize_t got = ::read(file_.get(), bytes.data(), bytes.size());
        for (ssize_t i = 0; i < got && left_ > 0; ++i, ++kept_) {
            const std::uint64_t size = bytes[static_cast<std::size_t>(i)] == '\n' ? 2 : 1;
            if (size > left_) { // between CR and LF
                exchange.reply(554, "There is no line of that offset.");
                return true;
            }
            left_ -= size;
        }
        if (left_ > 0 && got > 0)
            return false;
        if (left_ > 0)
            exchange.reply(554, "REST is beyond the file's end.");
        else
            store(exchange, {path_, kept_}, "Ready for text.");
        return true;
    }

    std::string progress() const override {
        return "Looking for the offset, " + std::to_string(kept_) + " bytes so far.";
    }

private:
    UniqueFd file_;
    std::string path_;
    std::uint64_t left_;
    std::uint64_t kept_ = 0;
};

void find_offset(Exchange& exchange, const std::string& path, std::uint64_t offset) {
    Result<UniqueFd> file = exchange.home->open(path, O_RDONLY);
    if (!file)
        return exchange.reply_error(file.error());
    exchange.labour = std::make_unique<OffsetLabour>(std::move(*file), path, offset);
    exchange.next = Next::labour;
}

/// STOU or APPE begins, for which draft-bryan-ftp-range §4.3 does not recommend ranges. Replies if
/// there is one.
bool has_range(Exchange& exchange) {
    if (std::exchange(exchange.range_end, whole_file) == whole_file)
        return false;
    exchange.reply(504, "RANG is for RETR, STOR and HASH.");
    return true;
}

/// draft-bryan-ftp-range §5; replies if not.
bool can_have_range(Exchange& exchange) {
    if (!exchange.is_text && !exchange.is_compressed)
        return true;
    exchange.reply(551, "RANG with STOR is for TYPE I and MODE S.");
    return false;
}

/// The size of what is there, 0 for what is not; nothing if that cannot be told, with a reply.
std::optional<std::uint64_t> present_size(Exchange& exchange, const std::string& path) {
    const Result<struct stat> status = exchange.home->resumable_status(path);
    if (status)
        return S_ISREG(status->st_mode) ? static_cast<std::uint64_t>(status->st_size) : 0;
    if (status.error() == std::errc::no_such_file_or_directory)
        return 0;
    exchange.reply_error(status.error());
    return std::nullopt;
}

/// What NLST puts before each name, so that the name can be used as it is.
std::string prefix_for(const Exchange& exchange, const std::string& argument) {
    if (argument.empty())
        return {};
    const Result<struct stat> status = exchange.home->status(exchange.path_of(argument));
    if (status && S_ISDIR(status->st_mode))
        return argument.ends_with('/') ? argument : argument + '/';
    // The folder of a file, or the one that holds the first step with a pattern.
    const std::size_t pattern = status ? std::string::npos : first_pattern(argument);
    return argument.substr(0, argument.substr(0, pattern).rfind('/') + 1);
}

void list(Exchange& exchange, const std::string& argument, ListingWish wish) {
    if (!exchange.may(Right::list) || !is_ready(exchange))
        return;
    const std::string path = exchange.path_of(argument);
    wish.facts = exchange.facts;
    wish.rights = exchange.user->rights;
    Result<std::unique_ptr<Listing>> listing = Listing::open(*exchange.home, path, std::move(wish));
    if (!listing)
        return exchange.reply_error(listing.error());
    Cargo cargo;
    cargo.path = path;
    cargo.about = "Here comes the listing.";
    cargo.is_listing = true;
    cargo.producer = std::move(*listing);
    move(exchange, std::move(cargo));
}

} // namespace

void retr_command(Exchange& exchange, Text path) {
    if (!exchange.may(Right::read) || !is_ready(exchange))
        return;
    auto offset = static_cast<off_t>(std::exchange(exchange.restart, 0));
    const std::uint64_t range_end = std::exchange(exchange.range_end, whole_file);
    if (range_end != whole_file && exchange.is_text)
        return exchange.reply(504, "RANG is for TYPE I.");
    Cargo cargo;
    cargo.path = exchange.path_of(path);
    Result<UniqueFd> file = exchange.home->open(cargo.path, O_RDONLY);
    if (!file)
        return exchange.reply_error(file.error());
    struct stat status;
    if (::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode))
        return exchange.reply(550, "Not a file.");
    if (range_end != whole_file) // draft-bryan-ftp-range §4.3: what is beyond the end is empty
        offset = std::min(offset, status.st_size);
    const off_t longest = exchange.is_text ? 2 * status.st_size : status.st_size;
    if (offset > longest)
        return exchange.reply(554, "REST is beyond the file's end."); // RFC 1123 §4.1.3.4
    const auto size = static_cast<std::uint64_t>(status.st_size);
    cargo.end = static_cast<off_t>(std::min(size, range_end));
    cargo.about = "Sending " + in_one_line(name_of(cargo.path)) + " as " + in_type(exchange);
    if (exchange.is_text) {
        cargo.about += '.';
        cargo.producer =
            std::make_unique<TextFile>(std::move(*file), static_cast<std::uint64_t>(offset));
    } else {
        cargo.about += " (" + std::to_string(cargo.end - offset) + " bytes).";
        cargo.file = std::move(*file);
        cargo.offset = offset;
    }
    move(exchange, std::move(cargo));
}

void stor_command(Exchange& exchange, Text path) {
    const std::uint64_t kept = std::exchange(exchange.restart, 0);
    const std::uint64_t end = std::exchange(exchange.range_end, whole_file);
    const bool is_range = end != whole_file;
    const Right right = kept > 0 && !is_range ? Right::append : Right::write;
    if (!exchange.may(right) || !is_ready(exchange) || (is_range && !can_have_range(exchange)))
        return;
    const std::string full = exchange.path_of(path);
    if (kept == 0 && !is_range)
        return store(exchange, {full}, "Ready for " + in_type(exchange) + '.');
    const auto size = present_size(exchange, full);
    if (!size)
        return;
    if (kept > (exchange.is_text ? 2 * *size : *size))
        return exchange.reply(554, "REST is beyond the file's end.");
    if (exchange.is_text)
        return find_offset(exchange, full, kept);
    UploadWish wish{full, kept};
    if (is_range) // draft-bryan-ftp-range §4.3
        wish.end = end;
    store(exchange, std::move(wish), "Ready for " + in_type(exchange) + '.');
}

void stou_command(Exchange& exchange, Text path) {
    if (has_range(exchange) || !exchange.may(Right::write) || !is_ready(exchange))
        return;
    if (exchange.restart > 0)
        return exchange.reply(554,
                              "STOU makes a new file, of which nothing is there to go on from.");
    const std::string name = (path.empty() ? "upload" : path) + '.' + files::random_name();
    // RFC 1123 §4.1.2.9.
    store(exchange, {exchange.path_of(name)}, "FILE: " + in_one_line(name));
}

void appe_command(Exchange& exchange, Text path) {
    if (has_range(exchange) || !exchange.may(Right::append) || !is_ready(exchange))
        return;
    const std::string full = exchange.path_of(path);
    const auto size = present_size(exchange, full);
    if (!size)
        return;
    if (exchange.restart > 0 && exchange.restart != *size)
        return exchange.reply(554, "APPE goes on at the file's end.");
    store(exchange, {full, *size}, "Ready for " + in_type(exchange) + '.');
}

void list_command(Exchange& exchange, Text path) {
    ListingWish wish;
    wish.hidden = false;
    const std::string argument = without_options(path, wish.hidden);
    list(exchange, argument, std::move(wish));
}

void nlst_command(Exchange& exchange, Text path) {
    ListingWish wish;
    wish.form = ListingForm::names;
    wish.hidden = false;
    const std::string argument = without_options(path, wish.hidden);
    wish.prefix = prefix_for(exchange, argument);
    list(exchange, argument, std::move(wish));
}

void mlsd_command(Exchange& exchange, Text path) {
    const Result<struct stat> status = exchange.home->status(exchange.path_of(path));
    if (status && !S_ISDIR(status->st_mode))
        return exchange.reply(501, "MLSD is for folders."); // RFC 3659 §7.2
    ListingWish wish;
    wish.form = ListingForm::facts;
    list(exchange, path, std::move(wish));
}

} // namespace tern::ftp
