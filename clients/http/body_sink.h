#pragma once
// Where the body of an answer goes: to somebody who reads it, to a program, or into a file.

#include "clients/http/answer_head.h"
#include "common/files/partial_file.h"
#include "common/terminal/paint.h"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

namespace tern::http_client {

class BodySink {
public:
    BodySink() = default;
    BodySink(const BodySink&) = delete;
    BodySink& operator=(const BodySink&) = delete;
    virtual ~BodySink() = default;

    /// False: no more is wanted.
    virtual bool take(const AnswerHead& head, std::string_view bytes) = 0;
    /// The answer is whole.
    virtual std::error_code finish(const AnswerHead& head) = 0;
};

/// What parts of an answer are shown.
struct Parts {
    bool head = true;
    bool body = true;
};

/// The bytes as they are.
class PlainSink final : public BodySink {
public:
    PlainSink(std::FILE* to, Parts parts) noexcept : to_(to), parts_(parts) {}
    bool take(const AnswerHead& head, std::string_view bytes) override;
    std::error_code finish(const AnswerHead& head) override;

private:
    void show_head(const AnswerHead& head);

    std::FILE* to_;
    Parts parts_;
};

/// JSON indented, text harmless, data not at all.
class ViewSink final : public BodySink {
public:
    ViewSink(std::FILE* to, Parts parts, const terminal::Paint& paint) noexcept
        : to_(to), parts_(parts), paint_(paint) {}
    bool take(const AnswerHead& head, std::string_view bytes) override;
    std::error_code finish(const AnswerHead& head) override;

private:
    enum class Kind : unsigned char { unknown, json, text, data };
    void begin(const AnswerHead& head, std::string_view bytes);
    void show_text(bool is_all);

    std::FILE* to_;
    Parts parts_;
    const terminal::Paint& paint_;
    Kind kind_ = Kind::unknown;
    bool has_shown_head_ = false;
    std::string held_; ///< what is to be shown together
    std::uint64_t size_ = 0;
};

/// A file that is there when it is whole.
class FileSink final : public BodySink {
public:
    explicit FileSink(files::PartialFile& file) noexcept : file_(file) {}
    bool take(const AnswerHead& head, std::string_view bytes) override;
    std::error_code finish(const AnswerHead& head) override;
    /// Why take() wanted no more; empty if it was not so.
    const std::string& complaint() const noexcept { return complaint_; }

private:
    std::string begin(const AnswerHead& head);
    bool is_complete(const AnswerHead& head) const noexcept;

    files::PartialFile& file_;
    bool has_begun_ = false;
    std::string complaint_;
};

} // namespace tern::http_client
