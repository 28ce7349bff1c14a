#include "servers/http/folder_listing.h"

#include "common/files/folder.h"
#include "common/protocol/http/accept.h"
#include "servers/http/listing_page.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace tern::http {
namespace {

struct Contents {
    std::vector<ListedEntry> entries;
    bool is_truncated = false;
};

class FolderReader {
public:
    FolderReader(const DocumentRoot& root, std::string_view folder) : root_(root), path_(folder) {}

    /// In the order of names, folders first.
    Contents read(DIR* folder, std::size_t most) const {
        Contents contents;
        // What is not shown takes time as well.
        const std::size_t most_names = most * 2;
        for (std::size_t names = 0; const dirent* const found = ::readdir(folder); ++names) {
            if (found->d_name[0] == '.')
                continue;
            if (names >= most_names || contents.entries.size() >= most) {
                contents.is_truncated = true;
                break;
            }
            if (std::optional<ListedEntry> entry = look_at(::dirfd(folder), found->d_name))
                contents.entries.push_back(std::move(*entry));
        }
        std::sort(contents.entries.begin(), contents.entries.end(),
                  [](const ListedEntry& left, const ListedEntry& right) {
                      return std::tie(right.is_folder, left.name) <
                             std::tie(left.is_folder, right.name);
                  });
        return contents;
    }

private:
    std::optional<ListedEntry> look_at(int folder, const char* name) const {
        struct stat status;
        if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            return std::nullopt; // gone meanwhile
        if (S_ISLNK(status.st_mode))
            return follow(name);
        if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
            return std::nullopt;
        return ListedEntry{name, S_ISDIR(status.st_mode),
                           static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec};
    }

    /// As far as the root allows.
    std::optional<ListedEntry> follow(const char* name) const {
        const Result<OpenFile> target = root_.open(path_ + name);
        if (!target || target->kind == FileKind::other)
            return std::nullopt;
        return ListedEntry{name, target->kind == FileKind::folder, target->identity.size,
                           target->identity.modified()};
    }

    const DocumentRoot& root_;
    const std::string path_;
};

} // namespace

Response list_folder(const DocumentRoot& root, std::string_view folder, OpenFile opened,
                     const ListingSettings& settings, const Request& request) {
    const files::Folder open = files::read_folder(std::move(opened.descriptor));
    if (open == nullptr)
        return error_response(Status::forbidden);
    const Contents found = FolderReader(root, folder).read(open.get(), settings.entries);
    const FolderContents contents{request.path, found.entries, found.is_truncated};
    const bool as_json = weight_of_type(request.fields, "application/json") >
                         weight_of_type(request.fields, "text/html");
    Response response =
        as_json ? text_response(Status::ok, "application/json", listing_as_json(contents))
                : text_response(Status::ok, "text/html; charset=utf-8", listing_as_html(contents));
    response.fields.add("Cache-Control", "no-cache");
    response.fields.add("Vary", "Accept");
    return response;
}

} // namespace tern::http
