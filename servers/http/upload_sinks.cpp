#include "servers/http/upload_sinks.h"

#include "common/base/escape.h"
#include "common/protocol/http/target.h"

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

/// Fields of a form that are no files are read and forgotten; so many of them are enough.
constexpr std::size_t most_other_parts = 1000;

MultipartParser::Limits limits_for(std::size_t most_files) {
    return {.header_bytes = 4096, .parts = most_files + most_other_parts};
}

} // namespace

PutSink::PutSink(std::unique_ptr<Upload> upload, std::string location)
    : upload_(std::move(upload)), location_(std::move(location)) {}

bool PutSink::consume(std::string_view piece) {
    failure_ = upload_->write(piece);
    return !failure_;
}

Response PutSink::finish() {
    if (!failure_)
        failure_ = upload_->publish();
    if (failure_)
        return error_response(*failure_);
    const Upload::Draft& file = upload_->drafts().front();
    Response response; // RFC 9110 §9.3.4
    response.status = file.replaces ? Status::no_content : Status::created;
    if (!file.replaces)
        response.fields.add("Location", location_);
    response.fields.add("ETag", file.entity_tag);
    return response;
}

FormSink::FormSink(std::unique_ptr<Upload> upload, std::string_view boundary,
                   std::size_t most_files, std::string folder, std::string location)
    : upload_(std::move(upload)), parser_(boundary, limits_for(most_files)),
      most_files_(most_files), folder_(std::move(folder)), location_(std::move(location)) {}

bool FormSink::consume(std::string_view piece) {
    failure_ = take(piece);
    return !failure_;
}

std::optional<Status> FormSink::take(std::string_view piece) {
    for (;;) {
        const MultipartParser::Step step = parser_.next(piece);
        piece.remove_prefix(step.used);
        std::optional<Status> failure;
        switch (step.kind) {
        case MultipartParser::Step::Kind::need_more:
            return std::nullopt;
        case MultipartParser::Step::Kind::bad:
            return Status::bad_request;
        case MultipartParser::Step::Kind::too_much:
            return Status::content_too_large;
        case MultipartParser::Step::Kind::part:
            failure = begin_part();
            break;
        case MultipartParser::Step::Kind::piece:
            if (is_in_file_)
                failure = upload_->write(step.piece);
            break;
        case MultipartParser::Step::Kind::part_end:
            is_in_file_ = false;
            break;
        }
        if (failure)
            return failure;
    }
}

std::optional<Status> FormSink::begin_part() {
    const std::optional<std::string>& name = parser_.head().file_name;
    if (!name || name->empty()) // browsers send an empty name if no file was chosen
        return std::nullopt;
    if (!is_storable_name(*name)) // RFC 7578 §4.2: no path of the sender's is followed
        return Status::bad_request;
    const auto& drafts = upload_->drafts();
    if (drafts.size() == most_files_)
        return Status::content_too_large;
    if (std::any_of(drafts.begin(), drafts.end(),
                    [&name](const Upload::Draft& draft) { return draft.name == *name; }))
        return Status::bad_request; // two files cannot have one name
    is_in_file_ = true;
    return upload_->add(*name);
}

Response FormSink::finish() {
    if (!failure_ && (!parser_.is_complete() || upload_->drafts().empty()))
        failure_ = Status::bad_request;
    if (!failure_)
        failure_ = upload_->publish();
    if (failure_)
        return error_response(*failure_);
    return describe();
}

Response FormSink::describe() const {
    const auto& drafts = upload_->drafts();
    std::string json = "{\"stored\":[";
    bool any_is_new = false;
    for (const Upload::Draft& draft : drafts) {
        any_is_new = any_is_new || !draft.replaces;
        json += json.ends_with('[') ? "{\"path\":" : ",{\"path\":";
        append_json_string(json, folder_ + draft.name);
        json += ",\"bytes\":" + std::to_string(draft.bytes);
        json += draft.replaces ? ",\"replaced\":true}" : ",\"replaced\":false}";
    }
    json += "]}\n";
    Response response = text_response(any_is_new ? Status::created : Status::ok, "application/json",
                                      std::move(json));
    if (any_is_new && drafts.size() == 1 && !location_.empty())
        response.fields.add("Location", location_ + encode_path(drafts.front().name));
    return response;
}

} // namespace tern::http
