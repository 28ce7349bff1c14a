#pragma once
// What a folder holds, as a page for people or as JSON for programs.

#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <string_view>

namespace tern::http {

struct ListedEntry {
    std::string name;
    bool is_folder = false;
    std::uint64_t size = 0; ///< of a file
    std::time_t modified = 0;
};

struct FolderContents {
    std::string_view path; ///< as the client asked for it, decoded; ends in a slash
    std::span<const ListedEntry> entries;
    bool is_truncated = false; ///< there is more than may be shown
};

/// HTML in UTF-8, complete in itself. Names that are not UTF-8, or would rearrange the page, are
/// shown with escapes; their links work all the same.
std::string listing_as_html(const FolderContents& contents);

std::string listing_as_json(const FolderContents& contents);

} // namespace tern::http
