#include "servers/http/files_handler.h"

#include "common/protocol/http/conditions.h"
#include "common/protocol/http/date.h"
#include "common/protocol/http/range.h"
#include "common/protocol/http/target.h"
#include "servers/http/partial_content.h"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

namespace tern::http {
namespace {

/// Two changes of a file closer than this may leave the same times behind.
constexpr std::time_t clock_granularity_s = 2;

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

/// All of an open file; nothing if its size is not what was promised.
std::optional<std::string> read_all(int descriptor, std::uint64_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const ssize_t got =
            ::pread(descriptor, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return std::nullopt;
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

bool is_settled(const FileIdentity& identity, std::time_t now) noexcept {
    const std::int64_t latest = std::max(identity.modified_ns, identity.changed_ns);
    return latest / 1'000'000'000 + clock_granularity_s < now;
}

/// The response to GET or HEAD for a file that is there.
Response respond_with(std::shared_ptr<const StoredFile> file, const Request& request) {
    const Validators validators{file->entity_tag, file->modified};
    Response response;
    switch (evaluate_preconditions(request.fields, true, validators, request.moment.wall)) {
    case Precondition::failed:
        return error_response(Status::precondition_failed);
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
        return unsatisfiable_range(size);
    case RangeRequest::Kind::parts:
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
        sites_.push_back(std::make_unique<Site>(Site{
            std::move(hosts), settings.index, DocumentRoot(settings.root, settings.symlinks)}));
    }
}

/// The first site that names the host, else the first one for all hosts, else the first one.
const FilesHandler::Site* FilesHandler::site_of(std::string_view host) const noexcept {
    const Site* for_all = nullptr;
    for (const auto& site : sites_) {
        for (const std::string& name : site->hosts) {
            if (equal_ignoring_case(name, host))
                return site.get();
            if (name == "*" && for_all == nullptr)
                for_all = site.get();
        }
    }
    return for_all != nullptr || sites_.empty() ? for_all : sites_.front().get();
}

Response FilesHandler::respond(const Request& request) {
    const Site* const site = site_of(request.host);
    if (site == nullptr)
        return error_response(Status::not_found);
    FileCache::Hit hit = cache_.find(site, request.path, request.moment.steady);
    if (hit.file != nullptr && !hit.is_due)
        return respond_with(std::move(hit.file), request);
    std::variant<Stored, Response> found = look_up(*site, request, hit.file);
    if (Response* const response = std::get_if<Response>(&found))
        return std::move(*response);
    return respond_with(std::get<Stored>(std::move(found)), request);
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
    Stored stored = load(std::move(located), request.moment);
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
        return locate_index(site, path);
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
FilesHandler::locate_index(const Site& site, std::string_view folder) const {
    for (const std::string& name : site.index) {
        std::string path = std::string(folder) + name;
        Result<OpenFile> opened = site.root.open(path);
        if (!opened && opened.error() != std::errc::no_such_file_or_directory)
            return failure(opened.error());
        if (opened && opened->kind == FileKind::regular)
            return Located{std::move(*opened), std::move(path)};
    }
    const Result<OpenFile> opened = site.root.open(folder);
    if (!opened)
        return failure(opened.error());
    return error_response(Status::forbidden); // there is a folder, but nothing to show of it
}

FilesHandler::Stored FilesHandler::load(Located located, const Moment& moment) const {
    auto stored = std::make_shared<StoredFile>();
    const FileIdentity& identity = located.file.identity;
    stored->identity = identity;
    stored->settled = is_settled(identity, moment.wall);
    // RFC 9110 §8.8.2.1: not later than the response's own date.
    stored->modified = std::min(identity.modified(), moment.wall);
    stored->entity_tag = entity_tag_of(identity);
    stored->validator_lines.add("Last-Modified", view(format_date(stored->modified)));
    stored->validator_lines.add("ETag", stored->entity_tag);
    stored->lines = stored->validator_lines;
    stored->content_type = types_.type_of(located.path);
    stored->lines.add("Content-Type", stored->content_type);
    stored->lines.add("Accept-Ranges", "bytes");
    stored->checked_at = moment.steady.time_since_epoch().count();

    const int descriptor = located.file.descriptor.get();
    if (cache_.takes(identity.size)) {
        std::optional<std::string> bytes = read_all(descriptor, identity.size);
        const Result<FileIdentity> after = identify(descriptor);
        if (bytes && after && *after == identity) { // not written to while we read
            stored->bytes = std::move(*bytes);
            return stored;
        }
    }
    stored->descriptor = std::move(located.file.descriptor);
    return stored;
}

} // namespace tern::http
