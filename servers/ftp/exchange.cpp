#include "servers/ftp/exchange.h"

#include "common/protocol/ftp/virtual_path.h"

#include <array>

namespace tern::ftp {
namespace {

struct Explanation {
    std::errc error;
    unsigned code;
    const char* text;
};
constexpr std::array explanations = {
    Explanation{std::errc::no_such_file_or_directory, 550, "No such file or folder."},
    Explanation{std::errc::not_a_directory, 550, "Not a folder."},
    Explanation{std::errc::is_a_directory, 550, "It is a folder."},
    Explanation{std::errc::file_exists, 550, "There is something of that name already."},
    Explanation{std::errc::directory_not_empty, 550, "The folder is not empty."},
    Explanation{std::errc::filename_too_long, 553, "The name is too long."},
    Explanation{std::errc::invalid_argument, 553, "Not a possible name."},
    Explanation{std::errc::no_space_on_device, 452, "The disk is full."},
    Explanation{std::errc::too_many_files_open, 451, "The server is short of files. Try later."},
    Explanation{std::errc::too_many_files_open_in_system, 451,
                "The server is short of files. Try later."},
    Explanation{std::errc::io_error, 451, "The file could not be read or written."},
    Explanation{std::errc::invalid_seek, 554, "REST is beyond the file's end."},
    Explanation{std::errc::bad_message, 451, "That is not what MODE Z means."},
    Explanation{std::errc::message_size, 451, "There was more than the range has room for."},
};

} // namespace

void Exchange::reply_error(const std::error_code& error) {
    if (error == std::error_code(EDQUOT, std::system_category()) ||
        error == std::errc::file_too_large)
        return reply(552, "More than may be stored here.");
    for (const Explanation& explanation : explanations)
        if (error == explanation.error)
            return reply(explanation.code, explanation.text);
    // What leads out of the home is not there; what is left is a matter of permission.
    reply(550, "Not possible, or not permitted.");
}

bool Exchange::may(Right right) {
    if (user->rights.has(right))
        return true;
    reply(550, "You may not do that here.");
    return false;
}

std::string Exchange::path_of(std::string_view argument) const { return resolve(folder, argument); }

void Exchange::log_out() {
    claimed_name.reset();
    password.clear();
    user = nullptr;
    place = {};
    home.reset();
    account = {};
    folder.assign(1, '/');
    rename_from.reset();
    is_text = true;
    is_compressed = false;
    compression_level = context.settings.compression_level;
    restart = 0;
    range_end = whole_file;
    digest = DigestKind::sha256;
    idle_timeout.reset();
    host = nullptr;
    facts = {};
    extended_passive_only = false;
    door.reset();
    cargo.reset();
    labour.reset();
}

} // namespace tern::ftp
