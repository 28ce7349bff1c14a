#include "servers/ftp/transfer_log.h"

#include "common/base/escape.h"

#include <fmt/format.h>

#include <array>

namespace tern::ftp {
namespace {

std::string format_time(std::time_t time, const char* format) {
    std::tm parts = {};
    ::localtime_r(&time, &parts);
    std::array<char, 64> text;
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

/// A field of xferlog: blanks part fields, and nobody can forge a line.
std::string field(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f || c == '\\')
            result += fmt::format("\\x{:02X}", byte);
        else
            result += c;
    }
    return result.empty() ? "-" : result;
}

std::string format_xferlog(const TransferRecord& record) {
    return fmt::format(
        "{} {:.0f} {} {} {} {} _ {} {} {} ftp 0 * {}\n",
        format_time(record.time, "%a %b %e %H:%M:%S %Y"), record.seconds, field(record.client),
        record.bytes, field(record.path), record.is_text ? 'a' : 'b', record.is_upload ? 'i' : 'o',
        record.is_anonymous ? 'a' : 'r', field(record.user), record.is_complete ? 'c' : 'i');
}

std::string format_json(const TransferRecord& record) {
    std::string line = fmt::format(
        R"({{"time":"{}","direction":"{}","bytes":{},"seconds":{:.3f},"result":"{}","encrypted":{})",
        format_time(record.time, "%Y-%m-%dT%H:%M:%S%z"), record.is_upload ? "up" : "down",
        record.bytes, record.seconds, record.result, record.is_encrypted);
    const auto add = [&line](std::string_view name, std::string_view value) {
        line.append(",\"").append(name).append("\":");
        append_json_string(line, value);
    };
    add("client", record.client);
    add("user", record.user);
    add("path", record.path);
    if (!record.digest.empty())
        add("digest", record.digest);
    line += "}\n";
    return line;
}

} // namespace

std::string format_transfer(TransferLogForm form, const TransferRecord& record) {
    return form == TransferLogForm::json ? format_json(record) : format_xferlog(record);
}

void TransferLog::write(const TransferRecord& record) {
    const std::string line = format_transfer(form_, record);
    const std::lock_guard lock(mutex_);
    file_.append(line);
}

} // namespace tern::ftp
