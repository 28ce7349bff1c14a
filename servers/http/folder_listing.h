#pragma once
// Answers with what a folder holds.
//
// The cost is one fstatat(2) for each entry, some 3 us with all that follows, at every request: the
// limit on entries bounds how long a reactor is busy with it.

#include "servers/http/document_root.h"
#include "servers/http/request.h"
#include "servers/http/response.h"

#include <cstddef>
#include <string_view>

namespace tern::http {

struct ListingSettings {
    std::size_t entries = 2'000; ///< that are shown; of a folder with more, some are not
};

/// `folder` is the path of the open folder `opened`: empty, or ends in a slash. Hidden files are
/// not shown, nor is what could not be had anyway: links that lead out of the root, devices and
/// such. JSON if the client prefers it, else HTML.
Response list_folder(const DocumentRoot& root, std::string_view folder, OpenFile opened,
                     const ListingSettings& settings, const Request& request);

} // namespace tern::http
