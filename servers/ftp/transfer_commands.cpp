// Files and listings over a data connection: RETR, STOR, STOU, APPE, LIST, NLST, MLSD. They make
// ready what is to be moved; transfer.cpp moves it.

#include "common/protocol/ftp/glob.h"
#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/virtual_path.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/listing.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace tern::ftp {
namespace {

/// Whether a transfer can begin; replies why not.
bool is_ready(Exchange& exchange) {
    const bool encrypted = exchange.control.connection().endpoints().encrypted;
    if (exchange.context.settings.require_tls && encrypted && !exchange.protects_data) {
        exchange.reply(522, "Please encrypt data with PROT P first."); // RFC 4217 §11.3
        return false;
    }
    if (exchange.door)
        return true;
    exchange.reply(425, "Please use PASV, EPSV, PORT or EPRT first.");
    return false;
}

void move(Exchange& exchange, Cargo cargo) {
    exchange.cargo = std::move(cargo);
    exchange.next = Next::transfer;
}

std::string in_type(const Exchange& exchange) { return exchange.is_text ? "text" : "bytes"; }

void store(Exchange& exchange, const std::string& path, std::uint64_t kept, std::string about) {
    Result<std::unique_ptr<Upload>> upload = Upload::begin(*exchange.home, path, kept);
    if (!upload)
        return exchange.reply_error(upload.error());
    Cargo cargo;
    cargo.path = path;
    cargo.about = std::move(about);
    cargo.upload = std::move(*upload);
    cargo.is_text = exchange.is_text;
    move(exchange, std::move(cargo));
}

/// The size of what is there, 0 for what is not; nothing if that cannot be told, with a reply.
std::optional<std::uint64_t> present_size(Exchange& exchange, const std::string& path) {
    const Result<struct stat> status = exchange.home->status(path);
    if (status)
        return S_ISREG(status->st_mode) ? static_cast<std::uint64_t>(status->st_size) : 0;
    if (status.error() == std::errc::no_such_file_or_directory)
        return 0;
    exchange.reply_error(status.error());
    return std::nullopt;
}

/// LIST takes options of ls, since some clients send them: "-la path".
std::string without_options(std::string argument, bool& hidden) {
    while (argument.starts_with('-')) {
        const std::size_t blank = argument.find(' ');
        hidden = hidden || argument.substr(0, blank).find('a') != std::string::npos;
        argument.erase(0, blank == std::string::npos ? argument.size() : blank + 1);
    }
    return argument;
}

/// What NLST puts before each name, so that the name can be used as it is.
std::string prefix_for(const Exchange& exchange, const std::string& argument) {
    if (argument.empty())
        return {};
    const Result<struct stat> status = exchange.home->status(exchange.path_of(argument));
    if (status && S_ISDIR(status->st_mode))
        return argument.ends_with('/') ? argument : argument + '/';
    return argument.substr(0, argument.rfind('/') + 1); // a pattern's or a file's folder
}

void list(Exchange& exchange, const std::string& argument, ListingWish wish) {
    if (!is_ready(exchange))
        return;
    const std::string path = exchange.path_of(argument);
    wish.facts = exchange.facts;
    wish.writable = exchange.user->writable;
    Result<std::unique_ptr<Listing>> listing = Listing::open(*exchange.home, path, std::move(wish));
    if (!listing)
        return exchange.reply_error(listing.error());
    Cargo cargo;
    cargo.path = path;
    cargo.about = "Here comes the listing.";
    cargo.producer = std::move(*listing);
    move(exchange, std::move(cargo));
}

} // namespace

void retr_command(Exchange& exchange, Text path) {
    if (!is_ready(exchange))
        return;
    const auto offset = static_cast<off_t>(std::exchange(exchange.restart, 0));
    Cargo cargo;
    cargo.path = exchange.path_of(path);
    Result<UniqueFd> file = exchange.home->open(cargo.path, O_RDONLY);
    if (!file)
        return exchange.reply_error(file.error());
    struct stat status;
    if (::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode))
        return exchange.reply(550, "Not a file.");
    if (offset > status.st_size)
        return exchange.reply(554, "REST is beyond the file's end."); // RFC 1123 §4.1.3.4
    cargo.about = "Sending " + in_one_line(name_of(cargo.path)) + " as " + in_type(exchange) +
                  " (" + std::to_string(status.st_size - offset) + " bytes).";
    if (exchange.is_text) {
        if (::lseek(file->get(), offset, SEEK_SET) < 0)
            return exchange.reply_error(last_error());
        cargo.producer = std::make_unique<TextFile>(std::move(*file));
    } else {
        cargo.file = std::move(*file);
        cargo.offset = offset;
        cargo.end = status.st_size;
    }
    move(exchange, std::move(cargo));
}

void stor_command(Exchange& exchange, Text path) {
    const std::uint64_t kept = std::exchange(exchange.restart, 0);
    if (!exchange.may_write() || !is_ready(exchange))
        return;
    const std::string full = exchange.path_of(path);
    const auto size = present_size(exchange, full);
    if (!size)
        return;
    if (kept > *size)
        return exchange.reply(554, "REST is beyond the file's end.");
    store(exchange, full, kept, "Ready for " + in_type(exchange) + '.');
}

void stou_command(Exchange& exchange, Text path) {
    exchange.restart = 0;
    if (!exchange.may_write() || !is_ready(exchange))
        return;
    const std::string name = (path.empty() ? "upload" : path) + '.' + random_name();
    // RFC 1123 §4.1.2.9.
    store(exchange, exchange.path_of(name), 0, "FILE: " + in_one_line(name));
}

void appe_command(Exchange& exchange, Text path) {
    exchange.restart = 0;
    if (!exchange.may_write() || !is_ready(exchange))
        return;
    const std::string full = exchange.path_of(path);
    const auto size = present_size(exchange, full);
    if (size)
        store(exchange, full, *size, "Ready for " + in_type(exchange) + '.');
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
