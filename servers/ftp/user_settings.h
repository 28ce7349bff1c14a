#pragma once
// What the configuration says of users; and what each may do.

#include "common/base/configuration.h"
#include "servers/ftp/account.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp {

enum class Right : unsigned char {
    list,
    read,
    write, ///< files, new and replaced ones
    append,
    remove,
    rename,
    make_folder,
    change_mode, ///< permissions and times
};

class Rights {
public:
    constexpr Rights() noexcept = default;
    constexpr void grant(Right right) noexcept { bits_ |= bit(right); }
    constexpr bool has(Right right) const noexcept { return (bits_ & bit(right)) != 0; }

    static constexpr Rights all() noexcept { return Rights(0xff); }
    static constexpr Rights to_look() noexcept {
        return Rights(bit(Right::list) | bit(Right::read));
    }

private:
    constexpr explicit Rights(unsigned bits) noexcept : bits_(bits) {}
    static constexpr unsigned bit(Right right) noexcept {
        return 1U << static_cast<unsigned>(right);
    }
    unsigned bits_ = 0;
};

struct UserSettings {
    std::string name;
    std::string password; ///< as crypt(5) writes it; empty for anonymous
    std::string home;
    bool create_home = false;
    bool anonymous = false;
    Rights rights;
    AccountLimits limits;
    std::string pointer;        ///< where the configuration says so
    bool in_users_file = false; ///< or the users file
};

/// By which names, in any case, everybody may log in where there is /anonymous.
bool is_anonymous_name(std::string_view name);

/// All users: those of the configuration, those of the file that it names, and anonymous. Throws
/// ConfigurationError.
std::vector<UserSettings> users_from(const Configuration& configuration,
                                     const std::optional<Configuration>& users_file);

/// The users file that the configuration names, if it does; a path.
std::string users_file_of(const Configuration& configuration);
/// What a users file may say: part of the configuration's schema.
std::string users_file_schema(std::string_view schema);

} // namespace tern::ftp
