#pragma once
// Makes a StoredFile of what the file system has, or of another one's content.

#include "servers/http/document_root.h"
#include "servers/http/file_cache.h"
#include "servers/http/request.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

/// What the file system does not know of a file.
struct FileNature {
    std::string_view content_type;
    std::optional<Coding> coding; ///< that the content is in already
    bool is_negotiable = false;   ///< other forms may be sent under the same address
};

/// With its content if `keep` and nobody writes to it meanwhile, else with its descriptor.
std::shared_ptr<StoredFile> load_file(OpenFile file, const FileNature& nature, bool keep,
                                      const Moment& moment);

/// The coded form of a file whose content is in memory; null if it would not be smaller.
std::shared_ptr<StoredFile> make_coded(const StoredFile& plain, Coding coding);

} // namespace tern::http
