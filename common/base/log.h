#pragma once
// The server's diary: one line for each thing that an operator may want to know, as text or JSON.
//
// spdlog does the work behind this header. A line is one write(2) to a file opened for appending,
// so lines of forked processes do not mix; what peers say is escaped, so nobody can forge a line;
// and a full disk or a closed pipe costs lines, never a client.

#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>

namespace tern {

class ReopenSignal;

enum class LogLevel : unsigned char { debug, info, warning, error, off };
enum class LogFormat : unsigned char { text, json };

/// Throw std::invalid_argument for other words than the configuration's.
LogLevel log_level_from(std::string_view word);
LogFormat log_format_from(std::string_view word);

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    std::string file;                     ///< empty: standard error
    bool asynchronous = false;            ///< a thread writes; never where the process will fork
    std::string server;                   ///< says who writes, in every line: "httpd" ...
    std::string strategy;                 ///< ... under "epoll"
    const ReopenSignal* reopen = nullptr; ///< outlives the log; null: the file is opened once
};

class Log {
public:
    /// Throws std::system_error whose text names the file.
    explicit Log(const LogSettings& settings);
    /// Writes what is still queued.
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    bool is_on(LogLevel level) const noexcept { return level >= level_; }

    template <class... A>
    void debug(fmt::format_string<A...> format, A&&... arguments) noexcept {
        write(LogLevel::debug, format, arguments...);
    }
    template <class... A>
    void info(fmt::format_string<A...> format, A&&... arguments) noexcept {
        write(LogLevel::info, format, arguments...);
    }
    template <class... A>
    void warning(fmt::format_string<A...> format, A&&... arguments) noexcept {
        write(LogLevel::warning, format, arguments...);
    }
    template <class... A>
    void error(fmt::format_string<A...> format, A&&... arguments) noexcept {
        write(LogLevel::error, format, arguments...);
    }

private:
    template <class Format, class... A>
    void write(LogLevel level, const Format& format, A&... arguments) noexcept {
        if (is_on(level))
            write_formatted(level, format, fmt::make_format_args(arguments...));
    }
    void write_formatted(LogLevel level, fmt::string_view format,
                         fmt::format_args arguments) noexcept;

    struct Machinery; ///< spdlog's part
    const LogLevel level_;
    std::unique_ptr<Machinery> machinery_;
};

} // namespace tern
