// What the server tells of itself: SYST, HELP, NOOP, STAT.

#include "common/protocol/ftp/reply.h"
#include "servers/ftp/command_table.h"
#include "servers/ftp/commands.h"
#include "servers/ftp/labour.h"
#include "servers/ftp/listing.h"

#include <memory>
#include <utility>

namespace tern::ftp {
namespace {

/// A listing on the control connection is kept in memory; longer ones are for LIST.
constexpr std::size_t longest_status = 256 * 1024;

/// STAT with a path: a listing without a data connection.
class StatusLabour final : public Labour {
public:
    StatusLabour(std::unique_ptr<Listing> listing, const std::string& path, unsigned code)
        : listing_(std::move(listing)), lines_("Status of " + in_one_line(path) + '\n'),
          code_(code) {}

    bool advance(Exchange& exchange) override {
        std::string some;
        const Result<Supply> more = listing_->produce(some);
        if (!more) {
            exchange.reply_error(more.error());
            return true;
        }
        std::erase(some, '\r');
        lines_ += some;
        if (lines_.size() > longest_status)
            exchange.reply(450, "Too much for STAT. Please use LIST.");
        else if (*more == Supply::exhausted)
            exchange.reply(code_, lines_ + "End");
        return lines_.size() > longest_status || *more == Supply::exhausted;
    }

    std::string progress() const override { return "Listing a folder."; }

private:
    std::unique_ptr<Listing> listing_;
    std::string lines_;
    unsigned code_;
};

void stat_path(Exchange& exchange, const std::string& argument) {
    if (!exchange.may(Right::list))
        return;
    ListingWish wish;
    const std::string named = without_options(argument, wish.hidden);
    const std::string path = exchange.path_of(named);
    Result<std::unique_ptr<Listing>> listing = Listing::open(*exchange.home, path, std::move(wish));
    if (!listing)
        return exchange.reply_error(listing.error());
    const Result<struct stat> status = exchange.home->status(path);
    const bool is_file = status && !S_ISDIR(status->st_mode);
    exchange.labour = std::make_unique<StatusLabour>(
        std::move(*listing), named.empty() ? path : named, is_file ? 213 : 212);
    exchange.next = Next::labour;
}

} // namespace

void syst_command(Exchange& exchange, Text) { exchange.reply(215, "UNIX Type: L8"); }

void help_command(Exchange& exchange, Text verb) {
    if (!verb.empty()) {
        const CommandEntry* const entry = find_command(upper(verb));
        if (entry == nullptr)
            return exchange.reply(502, "Unknown command.");
        return exchange.reply(214, "Syntax: " + std::string(entry->verb) + ' ' +
                                       std::string(entry->syntax));
    }
    std::string text = "Commands:";
    std::size_t count = 0;
    for (const CommandEntry& entry : all_commands())
        (text += count++ % 10 == 0 ? "\n " : " ") += entry.verb;
    exchange.reply(214, text + "\nEnd");
}

void noop_command(Exchange& exchange, Text) { exchange.reply(200, "Yes."); }

void stat_command(Exchange& exchange, Text path) {
    if (!path.empty())
        return stat_path(exchange, path);
    const net::Endpoints& endpoints = exchange.control.connection().endpoints();
    exchange.reply(211, "tern-ftpd\n You come from " + endpoints.peer.host() + "\n You are " +
                            in_one_line(exchange.user->name) +
                            (endpoints.encrypted ? "\n TLS is on" : "\n TLS is off") +
                            (exchange.is_text ? "\n TYPE A" : "\n TYPE I") +
                            (exchange.is_compressed ? ", MODE Z" : ", MODE S") + "\nEnd");
}

} // namespace tern::ftp
