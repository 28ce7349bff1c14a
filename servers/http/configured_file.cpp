#include "servers/http/configured_file.h"

#include "common/base/escape.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace tern::http {

std::string read_configured_file(const Configuration& configuration, const std::string& pointer,
                                 const std::string& name) {
    const std::filesystem::path path = configuration.resolve_path(name);
    std::error_code error;
    std::ifstream file;
    if (std::filesystem::is_regular_file(path, error))
        file.open(path, std::ios::binary);
    std::string content(std::istreambuf_iterator<char>(file), {});
    if (!file.is_open() || file.bad()) {
        std::string found = "found ";
        append_json_string(found, name);
        throw configuration.error(pointer, found + ", allowed: a file that can be read");
    }
    return content;
}

} // namespace tern::http
