#include "clients/http/body_sink.h"

#include "clients/http/json_view.h"
#include "common/base/escape.h"
#include "common/base/result.h"
#include "common/terminal/measure.h"
#include "common/terminal/readable_text.h"

#include <fmt/format.h>

namespace tern::http_client {
namespace {

constexpr std::size_t longest_json = 16 * 1024 * 1024; ///< that is indented
constexpr std::size_t longest_line = 64 * 1024;        ///< that is waited for

bool write_to(std::FILE* file, std::string_view text) noexcept {
    return std::fwrite(text.data(), 1, text.size(), file) == text.size();
}

std::error_code flushed(std::FILE* file) noexcept {
    return std::fflush(file) == 0 && std::ferror(file) == 0 ? std::error_code() : last_error();
}

} // namespace

void PlainSink::show_head(const AnswerHead& head) {
    if (std::exchange(parts_.head, false))
        write_to(to_, head.view(terminal::Paint(false)));
}

bool PlainSink::take(const AnswerHead& head, std::string_view bytes) {
    show_head(head);
    return !parts_.body || write_to(to_, bytes);
}

std::error_code PlainSink::finish(const AnswerHead& head) {
    show_head(head);
    return flushed(to_);
}

void ViewSink::begin(const AnswerHead& head, std::string_view bytes) {
    if (kind_ != Kind::unknown)
        return;
    if (parts_.head)
        write_to(to_, head.view(paint_));
    has_shown_head_ = true;
    if (head.is_json())
        kind_ = Kind::json;
    else
        kind_ = terminal::looks_binary(bytes) ? Kind::data : Kind::text;
}

bool ViewSink::take(const AnswerHead& head, std::string_view bytes) {
    begin(head, bytes);
    size_ += bytes.size();
    if (!parts_.body || kind_ == Kind::data)
        return true;
    held_ += bytes;
    if (kind_ == Kind::json && held_.size() > longest_json)
        kind_ = Kind::text;
    if (kind_ == Kind::text)
        show_text(false);
    return std::ferror(to_) == 0;
}

/// Line by line, so that no character is torn.
void ViewSink::show_text(bool is_all) {
    const std::size_t newline = held_.rfind('\n');
    std::size_t end = newline == held_.npos ? 0 : newline + 1;
    if (is_all || held_.size() - end > longest_line)
        end = held_.size();
    write_to(to_, terminal::readable_text(std::string_view(held_).substr(0, end)));
    std::fflush(to_);
    if (is_all && end > 0 && held_[end - 1] != '\n')
        write_to(to_, "\n");
    held_.erase(0, end);
}

std::error_code ViewSink::finish(const AnswerHead& head) {
    if (!has_shown_head_ && parts_.head)
        write_to(to_, head.view(paint_));
    if (kind_ == Kind::data && parts_.body)
        write_to(to_, fmt::format("({} of data: --output FILE keeps them)\n",
                                  terminal::readable_bytes(size_)));
    if (kind_ == Kind::json) {
        const std::optional<std::string> view = json_view(held_, paint_);
        if (view)
            write_to(to_, *view);
        else
            show_text(true);
    }
    if (kind_ == Kind::text)
        show_text(true);
    return flushed(to_);
}

std::string FileSink::begin(const AnswerHead& head) {
    if (std::exchange(has_begun_, true))
        return complaint_;
    if (head.status() == 206) {
        const std::optional<std::size_t> first = first_byte_of(head.field("Content-Range"));
        return first == file_.size() ? "" : "the server sends another part than was asked for";
    }
    if (head.status() < 200 || head.status() > 299)
        return "the server answers with status " + std::to_string(head.status());
    const std::error_code error = file_.restart();
    return error ? error.message() : "";
}

bool FileSink::is_complete(const AnswerHead& head) const noexcept {
    // RFC 9110 §15.5.17: there is nothing behind what an earlier attempt has brought.
    return head.status() == 416 && whole_size_of(head.field("Content-Range")) == file_.size();
}

bool FileSink::take(const AnswerHead& head, std::string_view bytes) {
    if (is_complete(head))
        return true;
    complaint_ = begin(head);
    if (!complaint_.empty())
        return false;
    if (const std::error_code error = file_.append(bytes)) {
        complaint_ = error.message();
        return false;
    }
    return true;
}

std::error_code FileSink::finish(const AnswerHead& head) {
    if (is_complete(head))
        return file_.commit();
    complaint_ = begin(head);
    return complaint_.empty() ? file_.commit() : std::error_code();
}

} // namespace tern::http_client
