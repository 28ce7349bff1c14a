#include "common/protocol/ftp/virtual_path.h"

namespace tern::ftp {

std::string resolve(std::string_view current, std::string_view argument) {
    std::string path(argument.starts_with('/') ? "/" : current);
    while (!argument.empty()) {
        const std::size_t end = argument.find('/');
        const std::string_view step = argument.substr(0, end);
        argument.remove_prefix(end == std::string_view::npos ? argument.size() : end + 1);
        if (step.empty() || step == ".")
            continue;
        if (step == "..") {
            path = parent_of(path);
            continue;
        }
        if (path != "/")
            path += '/';
        path += step;
    }
    return path;
}

std::string_view parent_of(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    return path.substr(0, slash == 0 ? 1 : slash);
}

std::string_view name_of(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);
}

} // namespace tern::ftp
