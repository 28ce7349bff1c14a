#pragma once
// What a folder holds, as clients read it: the lines of `ls -l` for LIST, and the facts of RFC 3659
// §7 for MLSD and MLST.

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace tern::ftp {

struct Entry {
    enum class Kind : unsigned char { file, folder, link, fifo, socket, characters, blocks };
    enum class Relation : unsigned char { child, self, parent };

    std::string name;
    Kind kind = Kind::file;
    Relation relation = Relation::child;
    unsigned permissions = 0; ///< the lowest nine bits of st_mode
    std::uint64_t links = 1;
    std::uint64_t size = 0;
    std::time_t modified = 0;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::string target; ///< of a link that leads somewhere
    std::string perm;   ///< what the client may do with it, in the letters of RFC 3659 §7.5.5
};

/// The line with its CR LF. `now` decides whether the year or the hour is told; all times are UTC.
void append_list_line(std::string& to, const Entry& entry, std::time_t now);

/// Which facts a client wants (OPTS MLST).
struct FactSelection {
    bool type = true, size = true, modify = true, perm = true, unique = true, mode = true;

    /// From "type;size;"; facts that nobody knows are left out (RFC 3659 §7.9).
    static FactSelection from(std::string_view names);
    /// "type;size;", as OPTS MLST answers.
    std::string names() const;
    /// "type*;size*;perm;", as FEAT tells: the selected ones with a star.
    std::string features() const;
};

/// "type=file;size=5; name", without a line's end.
void append_facts(std::string& to, const Entry& entry, const FactSelection& selection);

} // namespace tern::ftp
