#include "servers/ftp/permits.h"

#include <fcntl.h>
#include <unistd.h>

namespace tern::ftp {
namespace {

bool can(int folder, const std::string& name, int what) noexcept {
    return ::faccessat(folder, name.c_str(), what, AT_EACCESS) == 0;
}

} // namespace

Permits::Permits(Rights rights, int folder) noexcept
    : Permits(rights, folder, can(folder, ".", W_OK | X_OK)) {}

std::string Permits::of_home(Rights rights, int home) {
    return Permits(rights, home, false).of_folder(".", false);
}

std::string Permits::of(Entry::Kind kind, const std::string& name, bool is_link) const {
    if (kind == Entry::Kind::file)
        return of_file(name);
    if (kind == Entry::Kind::folder)
        return of_folder(name, is_link);
    std::string letters;
    if (names_change_ && rights_.has(Right::remove))
        letters += 'd';
    if (names_change_ && rights_.has(Right::rename))
        letters += 'f';
    return letters;
}

/// An upload replaces the name, so that it needs no permission of the file's own.
std::string Permits::of_file(const std::string& name) const {
    const bool can_read = can(folder_, name, R_OK);
    std::string letters;
    if (names_change_ && can_read && rights_.has(Right::append)) // it begins with a copy
        letters += 'a';
    if (names_change_ && rights_.has(Right::remove))
        letters += 'd';
    if (names_change_ && rights_.has(Right::rename))
        letters += 'f';
    if (can_read && rights_.has(Right::read))
        letters += 'r';
    if (names_change_ && rights_.has(Right::write))
        letters += 'w';
    return letters;
}

std::string Permits::of_folder(const std::string& name, bool is_link) const {
    const bool can_change = can(folder_, name, W_OK | X_OK);
    std::string letters;
    if (can_change && rights_.has(Right::write))
        letters += 'c';
    if (names_change_ && !is_link && rights_.has(Right::remove)) // RMD takes no links
        letters += 'd';
    letters += 'e';
    if (names_change_ && rights_.has(Right::rename))
        letters += 'f';
    if (rights_.has(Right::list) && can(folder_, name, R_OK | X_OK))
        letters += 'l';
    if (can_change && rights_.has(Right::make_folder))
        letters += 'm';
    if (can_change && rights_.has(Right::remove))
        letters += 'p';
    return letters;
}

} // namespace tern::ftp
