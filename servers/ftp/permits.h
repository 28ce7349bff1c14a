#pragma once
// The fact perm of MLST and MLSD (RFC 3659 §7.5.5): what the user's rights and the file system let
// the user do with the entries of one folder.

#include "common/protocol/ftp/list_line.h"
#include "servers/ftp/user_settings.h"

#include <string>

namespace tern::ftp {

class Permits {
public:
    /// Of the entries of `folder`, which is asked once whether names in it can be changed.
    Permits(Rights rights, int folder) noexcept;
    /// Of the home itself, which nobody can rename or remove, and which is "." in `home`.
    static std::string of_home(Rights rights, int home);

    /// Of the entry `name` of the folder; of what it leads to, where it is a link.
    std::string of(Entry::Kind kind, const std::string& name, bool is_link) const;

private:
    Permits(Rights rights, int folder, bool names_change) noexcept
        : rights_(rights), folder_(folder), names_change_(names_change) {}
    std::string of_file(const std::string& name) const;
    std::string of_folder(const std::string& name, bool is_link) const;

    Rights rights_;
    int folder_;
    bool names_change_;
};

} // namespace tern::ftp
