#include "servers/http/upload_handler.h"

#include "common/protocol/http/multipart.h"
#include "common/protocol/http/target.h"
#include "servers/http/upload_sinks.h"

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

/// A path below the folder, taken apart.
struct Place {
    std::string_view folder; ///< without a slash at its end
    std::string_view name;
};

Place place_of(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return {{}, path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

/// Whether each step of `path` is storable; an empty path has none.
bool is_storable_path(std::string_view path) noexcept {
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (!is_storable_name(path.substr(0, end)) || end + 1 == path.size())
            return false;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return true;
}

/// A file name there, that clients may use; nothing, or why not.
std::optional<Status> name_refusal(const Place& place) noexcept {
    if (place.name.empty())
        return Status::conflict; // a folder
    if (!is_storable_name(place.name) || !is_storable_path(place.folder))
        return Status::forbidden;
    return std::nullopt;
}

/// PUT where there is no folder is a conflict (RFC 4918 §9.7.1).
Status put_failure(Status failure) noexcept {
    return failure == Status::not_found ? Status::conflict : failure;
}

std::string_view without_slash(std::string_view path) noexcept {
    if (path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

/// Why not to remove `present`, which the request named as a folder, or not.
std::optional<Status> removal_refusal(const FolderEntry& present, bool as_folder,
                                      const UploadConditions& conditions) {
    if (!as_folder)
        return change_refusal(present, true, conditions);
    if (present.kind != FileKind::folder)
        return Status::conflict;
    if (conditions.forbid(std::nullopt)) // a folder has no representation
        return Status::precondition_failed;
    return std::nullopt;
}

/// What MKCOL answers where something has the name already.
Response there_is_one() {
    Response response = error_response(Status::method_not_allowed);
    response.fields.add("Allow", Methods{Method::options}.to_string()); // RFC 9110 §15.5.6
    return response;
}

Response unsupported(std::string_view field, std::string_view supported) {
    Response response = error_response(Status::unsupported_media_type);
    response.fields.add(field, supported); // RFC 9110 §15.5.16
    return response;
}

} // namespace

UploadHandler::UploadHandler(std::shared_ptr<UploadStorage> storage, UploadSettings settings,
                             std::string_view route_path)
    : storage_(std::move(storage)), settings_(std::move(settings)),
      prefix_(route_path.ends_with('*') ? route_path.substr(0, route_path.size() - 1)
                                        : std::string_view()) {}

std::string_view UploadHandler::below_route(const Request& request) const noexcept {
    return prefix_.empty() ? std::string_view() : request.path.substr(prefix_.size());
}

std::unique_ptr<BodySink> UploadHandler::receive(const Request& request) {
    if (request.method == Method::remove || request.method == Method::make_folder)
        return nullptr;
    Begun begun = begin(request);
    if (auto* const sink = std::get_if<std::unique_ptr<BodySink>>(&begun))
        return std::move(*sink);
    return nullptr; // respond() says why
}

Response UploadHandler::respond(const Request& request) {
    if (request.method == Method::remove)
        return remove(request);
    if (request.method == Method::make_folder)
        return make_folder(request);
    Begun begun = begin(request);
    if (Response* const refusal = std::get_if<Response>(&begun))
        return std::move(*refusal);
    if (request.content_length != 0) // what receive() has met is gone by now
        return error_response(Status::unavailable);
    return std::get<std::unique_ptr<BodySink>>(begun)->finish();
}

UploadHandler::Begun UploadHandler::begin(const Request& request) const {
    const Field* const coding = find(request.fields, "Content-Encoding");
    if (coding != nullptr && !equal_ignoring_case(coding->value, "identity"))
        return unsupported("Accept-Encoding", "identity"); // nothing would tell readers of it
    return request.method == Method::post ? begin_form(request) : begin_put(request);
}

UploadHandler::Begun UploadHandler::begin_put(const Request& request) const {
    if (find(request.fields, "Content-Range") != nullptr) // RFC 9110 §14.5
        return error_response(Status::bad_request);
    const Place place = place_of(below_route(request));
    if (const std::optional<Status> refusal = name_refusal(place))
        return error_response(*refusal);
    auto upload = std::make_unique<Upload>(*storage_, settings_,
                                           UploadConditions(request.fields, request.moment.wall));
    std::optional<Status> failure = upload->open(place.folder);
    if (!failure)
        failure = upload->add(std::string(place.name));
    if (failure)
        return error_response(put_failure(*failure));
    return std::make_unique<PutSink>(std::move(upload), encode_path(request.path));
}

UploadHandler::Begun UploadHandler::begin_form(const Request& request) const {
    const std::string_view folder = without_slash(below_route(request));
    if (!is_storable_path(folder))
        return error_response(Status::not_found);
    const Field* const field = find(request.fields, "Content-Type");
    const FormType type = parse_form_type(field != nullptr ? field->value : std::string_view());
    if (!type.is_form)
        return unsupported("Accept", "multipart/form-data");
    if (type.boundary.empty())
        return error_response(Status::bad_request);
    // The preconditions are about the folder, which has no representation.
    if (UploadConditions(request.fields, request.moment.wall).forbid(std::nullopt))
        return error_response(Status::precondition_failed);
    auto upload = std::make_unique<Upload>(*storage_, settings_, UploadConditions());
    if (const std::optional<Status> failure = upload->open(folder))
        return error_response(*failure);
    const std::string path = folder.empty() ? std::string() : std::string(folder) + '/';
    return std::make_unique<FormSink>(std::move(upload), type.boundary, settings_.files, path,
                                      prefix_.empty() ? prefix_ : encode_path(prefix_ + path));
}

/// RFC 4918 §9.3.
Response UploadHandler::make_folder(const Request& request) const {
    if (request.content_length != 0)
        return error_response(Status::unsupported_media_type);
    const Place place = place_of(without_slash(below_route(request)));
    if (place.name.empty()) // the route's own folder
        return there_is_one();
    if (const std::optional<Status> refusal = name_refusal(place))
        return error_response(*refusal);
    const Result<UniqueFd> parent = storage_->open_folder(place.folder);
    if (!parent)
        return error_response(put_failure(upload_status_of(parent.error())));
    const std::error_code error = storage_->make_folder(parent->get(), std::string(place.name));
    if (error == std::errc::file_exists)
        return there_is_one();
    if (error)
        return error_response(upload_status_of(error));
    return changed(parent->get(), Status::created);
}

Response UploadHandler::remove(const Request& request) const {
    const std::string_view path = below_route(request);
    const bool is_folder = settings_.folders && path.ends_with('/');
    const Place place = place_of(is_folder ? without_slash(path) : path);
    if (const std::optional<Status> refusal = name_refusal(place))
        return error_response(*refusal);
    const UploadConditions conditions(request.fields, request.moment.wall);
    const std::string name(place.name);
    const Result<UniqueFd> folder = storage_->open_folder(place.folder);
    if (!folder)
        return error_response(upload_status_of(folder.error()));
    {
        const FolderLock lock(*storage_, folder->get());
        if (lock.error())
            return error_response(upload_status_of(lock.error()));
        const Result<std::optional<FolderEntry>> present = storage_->inspect(folder->get(), name);
        if (!present || !present->has_value())
            return error_response(present ? Status::not_found : upload_status_of(present.error()));
        if (const std::optional<Status> refusal = removal_refusal(**present, is_folder, conditions))
            return error_response(*refusal);
        const std::error_code error = is_folder ? storage_->remove_folder(folder->get(), name)
                                                : storage_->remove(folder->get(), name);
        if (error) // such as a folder that holds something
            return error_response(upload_status_of(error));
    }
    return changed(folder->get(), Status::no_content);
}

/// What to answer once the names in `folder` are changed.
Response UploadHandler::changed(int folder, Status status) const {
    const std::error_code error = settings_.sync ? storage_->sync(folder) : std::error_code();
    if (error)
        return error_response(upload_status_of(error));
    Response response;
    response.status = status;
    return response;
}

std::shared_ptr<Handler> make_upload_handler(const RouteSettings& route) {
    auto storage = std::make_shared<FileStorage>(route.upload.folder);
    remove_leftovers(route.upload.folder);
    return std::make_shared<UploadHandler>(std::move(storage), route.upload, route.path);
}

} // namespace tern::http
