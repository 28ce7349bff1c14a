#include "common/base/log.h"

#include "common/base/escape.h"
#include "common/base/log_file.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace tern {
namespace {

constexpr std::array<std::string_view, 5> level_words = {"debug", "info", "warning", "error",
                                                         "off"};

/// As many lines may wait for the writing thread; then the oldest are dropped and counted.
constexpr std::size_t queue_capacity = 8192;

std::string_view word_for(spdlog::level::level_enum level) noexcept {
    switch (level) {
    case spdlog::level::debug:
        return "debug";
    case spdlog::level::warn:
        return "warning";
    case spdlog::level::err:
        return "error";
    default:
        return "info";
    }
}

spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    case LogLevel::off:
        break;
    }
    return spdlog::level::off;
}

/// Writes lines of our two formats. spdlog's own formatter knows no JSON and escapes nothing.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit LineSink(const LogSettings& settings)
        : format_(settings.format), server_(printable(settings.server)),
          strategy_(printable(settings.strategy)), file_(settings.file, settings.reopen) {}

    /// Where the number of lines is kept that a full queue has dropped.
    void watch(spdlog::details::thread_pool* pool) { pool_ = pool; }

    /// `lost` lines were dropped so far; says so once.
    void report_lost(std::size_t lost) {
        if (lost == reported_lost_)
            return;
        line_.clear();
        compose(std::chrono::system_clock::now(), "warning",
                fmt::format("{} log lines were lost: the log could not be written fast enough",
                            lost - reported_lost_));
        reported_lost_ = lost;
        file_.append(line_);
    }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (pool_ != nullptr)
            report_lost(pool_->overrun_counter());
        line_.clear();
        compose(message.time, word_for(message.level),
                {message.payload.data(), message.payload.size()});
        file_.append(line_);
    }
    void flush_() override {} // every line is written at once

    void compose(std::chrono::system_clock::time_point time, std::string_view level,
                 std::string_view message) {
        if (format_ == LogFormat::json)
            compose_json(time, level, message);
        else
            compose_text(time, level, message);
        line_ += '\n';
    }

    void append_time(std::chrono::system_clock::time_point time) {
        const auto since_epoch = time.time_since_epoch();
        const auto milliseconds =
            std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count() % 1000;
        fmt::format_to(std::back_inserter(line_), "{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(time)), milliseconds);
    }

    // The process is asked for its number each time: the log may have been forked.
    void compose_text(std::chrono::system_clock::time_point time, std::string_view level,
                      std::string_view message) {
        append_time(time);
        fmt::format_to(std::back_inserter(line_), " {:<7} [{}{}{} {}] ", level, server_,
                       strategy_.empty() ? "" : " ", strategy_, ::getpid());
        append_printable(line_, message);
    }

    void compose_json(std::chrono::system_clock::time_point time, std::string_view level,
                      std::string_view message) {
        line_ += R"({"time":")";
        append_time(time);
        fmt::format_to(std::back_inserter(line_), R"(","level":"{}","server":)", level);
        append_json_string(line_, server_);
        line_ += R"(,"strategy":)";
        append_json_string(line_, strategy_);
        fmt::format_to(std::back_inserter(line_), R"(,"pid":{},"message":)", ::getpid());
        append_json_string(line_, message);
        line_ += '}';
    }

    const LogFormat format_;
    const std::string server_;
    const std::string strategy_;
    LogFile file_;
    std::string line_;
    spdlog::details::thread_pool* pool_ = nullptr; ///< of an asynchronous log
    std::size_t reported_lost_ = 0;
};

} // namespace

LogLevel log_level_from(std::string_view word) {
    for (std::size_t i = 0; i < level_words.size(); ++i)
        if (level_words[i] == word)
            return static_cast<LogLevel>(i);
    throw std::invalid_argument("no log level: " + printable(word));
}

LogFormat log_format_from(std::string_view word) {
    if (word == "text")
        return LogFormat::text;
    if (word == "json")
        return LogFormat::json;
    throw std::invalid_argument("no log format: " + printable(word));
}

struct Log::Machinery {
    explicit Machinery(const LogSettings& settings) : sink(std::make_shared<LineSink>(settings)) {
        if (settings.asynchronous) {
            pool = std::make_shared<spdlog::details::thread_pool>(queue_capacity, 1);
            logger = std::make_shared<spdlog::async_logger>(
                settings.server, sink, pool, spdlog::async_overflow_policy::overrun_oldest);
            sink->watch(pool.get());
        } else {
            logger = std::make_shared<spdlog::logger>(settings.server, sink);
        }
        logger->set_level(spdlog_level(settings.level));
        logger->set_error_handler([](const std::string&) {}); // spdlog's would print to stderr
    }

    ~Machinery() {
        if (pool == nullptr)
            return;
        const std::size_t lost = pool->overrun_counter(); // final: nobody writes any more
        pool.reset();                                     // writes what is queued
        sink->report_lost(lost);
    }
    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    std::shared_ptr<LineSink> sink;
    std::shared_ptr<spdlog::details::thread_pool> pool; ///< null: synchronous
    std::shared_ptr<spdlog::logger> logger;
};

Log::Log(const LogSettings& settings)
    : level_(settings.level), machinery_(std::make_unique<Machinery>(settings)) {}

Log::~Log() = default;

void Log::write_formatted(LogLevel level, fmt::string_view format,
                          fmt::format_args arguments) noexcept {
    try {
        fmt::memory_buffer message;
        fmt::vformat_to(std::back_inserter(message), format, arguments);
        machinery_->logger->log(spdlog_level(level),
                                spdlog::string_view_t(message.data(), message.size()));
    } catch (...) { // a log must not harm what it tells about
    }
}

} // namespace tern
