#include "clients/ftp/remote_path.h"

#include "common/base/escape.h"

#include <algorithm>
#include <vector>

namespace tern::ftp_client {

std::string resolved(std::string_view folder, std::string_view path) {
    std::string whole = path.starts_with('/') ? std::string() : std::string(folder) + '/';
    whole += path;
    std::vector<std::string_view> parts;
    for (std::string_view rest = whole; !rest.empty();) {
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        const std::string_view part = rest.substr(0, slash);
        rest.remove_prefix(std::min(slash + 1, rest.size()));
        if (part == ".." && !parts.empty())
            parts.pop_back();
        else if (!part.empty() && part != "." && part != "..")
            parts.push_back(part);
    }
    std::string result;
    for (const std::string_view part : parts)
        result.append("/").append(part);
    return result.empty() ? "/" : result;
}

std::string parent_of(std::string_view path) { return resolved(path, ".."); }

std::string_view last_part_of(std::string_view path) noexcept {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return path.substr(path.rfind('/') + 1);
}

bool is_safe_name(std::string_view name) noexcept {
    return !name.empty() && name != "." && name != ".." && name.size() <= 250 &&
           name.find('/') == name.npos && printable(name) == name;
}

bool is_one_line(std::string_view text) noexcept {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

} // namespace tern::ftp_client
