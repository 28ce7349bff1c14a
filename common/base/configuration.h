#pragma once
// A server's configuration: a JSON file (comments allowed), environment variables and --set
// arguments, checked against the server's JSON Schema and completed with the schema's defaults.
//
// Whoever reads it may rely on the schema: every key with a default is there, has the right type
// and is in range.

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

/// what() is one line: where it is, what was found, what is allowed.
class ConfigurationError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Configuration {
public:
    /// Reads `file`, applies `overrides` in their order, and checks the whole. An override is
    /// PATH=VALUE, or an environment variable (environment_settings.h) as it is, which errors then
    /// name. Throws ConfigurationError.
    static Configuration load(const std::filesystem::path& file, std::string_view schema,
                              std::span<const std::string> overrides = {});
    /// The same from text; `file` only names it and its folder.
    static Configuration from_text(std::string_view text, const std::filesystem::path& file,
                                   std::string_view schema,
                                   std::span<const std::string> overrides = {});
    /// Reads the file again, with the same overrides. Throws ConfigurationError.
    Configuration read_again(std::string_view schema) const;
    Configuration(Configuration&&) noexcept;
    Configuration& operator=(Configuration&&) noexcept;
    ~Configuration();

    /// Everything, defaults included.
    const nlohmann::json& effective() const noexcept { return *effective_; }

    /// A path of the configuration: a relative one starts at the configuration file's folder.
    std::filesystem::path resolve_path(std::string_view path) const;

    /// For what a schema cannot say, such as a folder that does not exist. `pointer` is a JSON
    /// pointer ("/sites/0/root"); `complaint` says what was found and what is allowed.
    ConfigurationError error(std::string_view pointer, std::string_view complaint) const;

    const std::filesystem::path& file() const noexcept { return file_; }

private:
    /// Where a --set argument or a variable has changed the configuration.
    struct Override {
        std::string argument;
        std::string pointer; ///< the topmost value that it replaced or created
    };

    explicit Configuration(const std::filesystem::path& file);
    void apply(const std::string& argument);

    std::filesystem::path file_;
    std::vector<Override> overrides_;
    std::unique_ptr<nlohmann::json> effective_;
};

} // namespace tern
