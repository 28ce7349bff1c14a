#pragma once
// Answers with files: of the site that the request names, whole or in part, if need be.

#include "servers/http/document_root.h"
#include "servers/http/file_cache.h"
#include "servers/http/folder_listing.h"
#include "servers/http/handler.h"
#include "servers/http/mime_types.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tern::http {

struct SiteSettings {
    std::vector<std::string> hosts = {"*"}; ///< "*": all that no other site names
    std::filesystem::path root;
    std::vector<std::string> index = {"index.html"};
    Symlinks symlinks = Symlinks::within_root;
    CompressionSettings compression;
    std::optional<ListingSettings> listing; ///< nothing: folders without an index file are 403
};

class FilesHandler final : public Handler {
public:
    /// Throws std::system_error whose text names the folder.
    FilesHandler(const std::vector<SiteSettings>& sites, MimeTypes types,
                 const CacheSettings& cache);

    Response respond(const Request& request) override;

private:
    struct Site {
        std::vector<std::string> hosts; ///< in lower case
        std::vector<std::string> index;
        DocumentRoot root;
        CompressionSettings compression;
        std::optional<ListingSettings> listing;
    };
    /// A regular file that was found, and the name that it was found under.
    struct Located {
        OpenFile file;
        std::string path;
    };
    using Stored = std::shared_ptr<const StoredFile>;

    const Site* site_of(std::string_view host) const noexcept;
    std::variant<Located, Response> locate(const Site& site, const Request& request) const;
    std::variant<Located, Response> locate_index(const Site& site, std::string_view folder,
                                                 const Request& request) const;
    std::variant<Stored, Response> look_up(const Site& site, const Request& request,
                                           const Stored& known);
    Stored load(const Site& site, Located located, const Moment& moment) const;
    Stored in_best_form(const Site& site, Stored plain, const Request& request);

    std::vector<std::unique_ptr<Site>> sites_;
    const MimeTypes types_;
    FileCache cache_;
};

} // namespace tern::http
