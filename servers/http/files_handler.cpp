#include "servers/http/files_handler.h"

#include "common/protocol/http/conditions.h"
#include "common/protocol/http/range.h"
#include "common/protocol/http/target.h"
#include "servers/http/form_choice.h"
#include "servers/http/partial_content.h"
#include "servers/http/site_names.h"
#include "servers/http/stored_file.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tern::http {
namespace {

std::string to_lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return to_lower(c); });
    return text;
}

/// A file that could not be opened.
Response failure(std::error_code error) {
    switch (error.value()) {
    case EACCES:
    case EPERM:
        return error_response(Status::forbidden);
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return error_response(Status::unavailable);
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case EXDEV: // leads out of the root: not ours to show, nor to speak about
    case ELOOP:
    case ENXIO: // a socket
    case ENODEV:
        return error_response(Status::not_found);
    default:
        return error_response(Status::internal_error);
    }
}

/// An error that another form of the file might not have got.
Response with_vary(Response response, const StoredFile& file) {
    if (file.is_negotiable)
        response.fields.add("Vary", "Accept-Encoding");
    return response;
}

/// The response to GET or HEAD for a file that is there.
Response respond_with(std::shared_ptr<const StoredFile> file, const Request& request) {
    const Validators validators{file->entity_tag, file->modified};
    Response response;
    switch (evaluate_preconditions(request.fields, true, validators, request.moment.wall)) {
    case Precondition::failed:
        return with_vary(error_response(Status::precondition_failed), *file);
    case Precondition::not_modified:
        response.status = Status::not_modified;
        response.prepared = &file->validator_lines;
        response.owner = std::move(file);
        return response;
    case Precondition::holds:
        break;
    }

    const std::uint64_t size = file->identity.size;
    RangeRequest ranges;
    const Field* const field = find(request.fields, "Range");
    // RFC 9110 §14.2: a Range in any other request than GET is ignored.
    if (field != nullptr && request.method == Method::get &&
        if_range_holds(request.fields, validators, request.moment.wall))
        ranges = parse_range(field->value, size);
    switch (ranges.kind) {
    case RangeRequest::Kind::unsatisfiable:
        return with_vary(unsatisfiable_range(size), *file);
    case RangeRequest::Kind::parts:
        // In multipart/byteranges nothing could say that only the parts are coded. RFC 9110 §14.2
        // allows to ignore the field.
        if (ranges.parts.size() > 1 && file->is_coded)
            break;
        return partial_content(std::move(file), ranges.parts);
    case RangeRequest::Kind::whole:
        break;
    }
    const ContentPart content = part_of(*file, {0, size});
    response.bytes = content.bytes;
    response.file = content.file;
    response.prepared = &file->lines;
    response.owner = std::move(file);
    return response;
}

} // namespace

FilesHandler::FilesHandler(const std::vector<SiteSettings>& sites, MimeTypes types,
                           const CacheSettings& cache)
    : types_(std::move(types)), cache_(cache) {
    for (const SiteSettings& settings : sites) {
        std::vector<std::string> hosts;
        for (const std::string& host : settings.hosts)
            hosts.push_back(to_lower_case(host));
        sites_.push_back(std::make_unique<Site>(Site{std::move(hosts), settings.index,
                                                     DocumentRoot(settings.root, settings.symlinks),
                                                     settings.compression, settings.listing}));
    }
}

const FilesHandler::Site* FilesHandler::site_of(std::string_view host) const noexcept {
    const auto site = find_site(
        sites_, host, [](const auto& known) -> const auto& { return known->hosts; });
    return site == sites_.end() ? nullptr : site->get();
}

Response FilesHandler::respond(const Request& request) {
    const Site* const site = site_of(request.host);
    if (site == nullptr)
        return error_response(Status::not_found);
    FileCache::Hit hit = cache_.find(site, request.path, request.moment.steady);
    if (hit.file != nullptr && !hit.is_due)
        return respond_with(in_best_form(*site, std::move(hit.file), request), request);
    std::variant<Stored, Response> found = look_up(*site, request, hit.file);
    if (Response* const response = std::get_if<Response>(&found))
        return std::move(*response);
    Stored stored = in_best_form(*site, std::get<Stored>(std::move(found)), request);
    return respond_with(std::move(stored), request);
}

FilesHandler::Stored FilesHandler::in_best_form(const Site& site, Stored plain,
                                                const Request& request) {
    if (plain->forms == nullptr || find(request.fields, "Accept-Encoding") == nullptr)
        return plain;
    return FormChoice(site.root, site.compression, cache_, &site).choose(plain, request);
}

/// Asks the file system; `known` is what the cache has, if anything.
std::variant<FilesHandler::Stored, Response>
FilesHandler::look_up(const Site& site, const Request& request, const Stored& known) {
    std::variant<Located, Response> found = locate(site, request);
    if (Response* const response = std::get_if<Response>(&found)) {
        if (known != nullptr)
            cache_.forget(&site, request.path);
        return std::move(*response);
    }
    Located& located = std::get<Located>(found);
    if (known != nullptr && known->settled && known->identity == located.file.identity)
        return known;
    Stored stored = load(site, std::move(located), request.moment);
    if (!stored->descriptor)
        cache_.store(&site, request.path, stored);
    else if (known != nullptr)
        cache_.forget(&site, request.path);
    return stored;
}

std::variant<FilesHandler::Located, Response> FilesHandler::locate(const Site& site,
                                                                   const Request& request) const {
    const std::string_view path = request.path.substr(1);
    if (path.empty() || path.ends_with('/'))
        return locate_index(site, path, request);
    Result<OpenFile> opened = site.root.open(path);
    if (!opened)
        return failure(opened.error());
    if (opened->kind == FileKind::regular)
        return Located{std::move(*opened), std::string(path)};
    if (opened->kind == FileKind::other)
        return error_response(Status::not_found);
    std::string location = encode_path(request.path) + '/';
    if (!request.query.empty())
        location.append("?").append(request.query);
    return redirect_response(Status::moved_permanently, location);
}

/// `folder` is empty or ends in a slash.
std::variant<FilesHandler::Located, Response>
FilesHandler::locate_index(const Site& site, std::string_view folder,
                           const Request& request) const {
    for (const std::string& name : site.index) {
        std::string path = std::string(folder) + name;
        Result<OpenFile> opened = site.root.open(path);
        if (!opened && opened.error() != std::errc::no_such_file_or_directory)
            return failure(opened.error());
        if (opened && opened->kind == FileKind::regular)
            return Located{std::move(*opened), std::move(path)};
    }
    Result<OpenFile> opened = site.root.open(folder);
    if (!opened)
        return failure(opened.error());
    if (!site.listing ||
        opened->kind != FileKind::folder) // there is a folder, but nothing to show of it
        return error_response(Status::forbidden);
    return list_folder(site.root, folder, std::move(*opened), *site.listing, request);
}

FilesHandler::Stored FilesHandler::load(const Site& site, Located located,
                                        const Moment& moment) const {
    FileNature nature;
    nature.content_type = types_.type_of(located.path);
    nature.is_negotiable = site.compression.covers(nature.content_type);
    const bool keep = cache_.takes(located.file.identity.size);
    const std::shared_ptr<StoredFile> stored =
        load_file(std::move(located.file), nature, keep, moment);
    stored->path = std::move(located.path);
    if (nature.is_negotiable)
        stored->forms = std::make_shared<CodedForms>();
    return stored;
}

} // namespace tern::http
