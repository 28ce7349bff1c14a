// Where the client is, and folders: PWD, CWD, CDUP, MKD, RMD.

#include "common/protocol/ftp/reply.h"
#include "common/protocol/ftp/virtual_path.h"
#include "servers/ftp/commands.h"

#include <fcntl.h>

namespace tern::ftp {

void pwd_command(Exchange& exchange, Text) {
    exchange.reply(257, ftp::quoted(exchange.folder) + " is the present folder.");
}

void cwd_command(Exchange& exchange, Text path) {
    std::string folder = exchange.path_of(path);
    // As a name only: what may be entered may still not be read.
    const Result<UniqueFd> opened = exchange.home->open(folder, O_PATH | O_DIRECTORY);
    if (!opened)
        return exchange.reply_error(opened.error());
    exchange.folder = std::move(folder);
    exchange.reply(250, ftp::quoted(exchange.folder) + " is the present folder now.");
}

void cdup_command(Exchange& exchange, Text) { cwd_command(exchange, ".."); }

void mkd_command(Exchange& exchange, Text path) {
    if (!exchange.may(Right::make_folder))
        return;
    const std::string folder = exchange.path_of(path);
    const Result<void> made = exchange.home->make_folder(folder);
    if (!made)
        return exchange.reply_error(made.error());
    exchange.reply(257, ftp::quoted(folder) + " was made.");
}

void rmd_command(Exchange& exchange, Text path) {
    if (!exchange.may(Right::remove))
        return;
    const Result<Stored> removed = exchange.home->remove_folder(exchange.path_of(path));
    if (!removed)
        return exchange.reply_error(removed.error());
    exchange.account.give_back(removed->bytes, removed->files);
    exchange.reply(250, "The folder is gone.");
}

} // namespace tern::ftp
