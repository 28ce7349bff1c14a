#pragma once
// What takes in the bodies of uploads: a file by PUT, or a form with files by POST.

#include "common/protocol/http/multipart.h"
#include "servers/http/handler.h"
#include "servers/http/upload.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

class PutSink final : public BodySink {
public:
    /// `upload` has begun the one file; `location` is where it can be found.
    PutSink(std::unique_ptr<Upload> upload, std::string location);

    bool consume(std::string_view piece) override;
    Response finish() override;

private:
    std::unique_ptr<Upload> upload_;
    const std::string location_;
    std::optional<Status> failure_;
};

class FormSink final : public BodySink {
public:
    /// `upload` has opened the folder, whose path below the route ends in a slash or is empty;
    /// `location` is where it can be found, and empty if it cannot.
    FormSink(std::unique_ptr<Upload> upload, std::string_view boundary, std::size_t most_files,
             std::string folder, std::string location);

    bool consume(std::string_view piece) override;
    Response finish() override;

private:
    std::optional<Status> take(std::string_view piece);
    std::optional<Status> begin_part();
    Response describe() const;

    std::unique_ptr<Upload> upload_;
    MultipartParser parser_;
    const std::size_t most_files_;
    const std::string folder_;
    const std::string location_;
    bool is_in_file_ = false;
    std::optional<Status> failure_;
};

} // namespace tern::http
