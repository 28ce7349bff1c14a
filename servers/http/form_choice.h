#pragma once
// Chooses in which form a client gets a file, and sees to it that the form is there.

#include "servers/http/coded_forms.h"
#include "servers/http/document_root.h"
#include "servers/http/file_cache.h"
#include "servers/http/request.h"

#include <memory>
#include <string_view>

namespace tern::http {

class FormChoice {
public:
    /// All of them outlive the choice. `site` is what the cache knows the site by.
    FormChoice(const DocumentRoot& root, const CompressionSettings& settings, FileCache& cache,
               const void* site) noexcept
        : root_(root), settings_(settings), cache_(cache), site_(site) {}

    /// Of a file with forms, for a request with Accept-Encoding: one of them, or the file as it is.
    /// The latter is also for whoever accepts nothing that there is; RFC 9110 §12.4.1 allows to
    /// disregard the field then, and that serves people better than 406.
    std::shared_ptr<const StoredFile> choose(const std::shared_ptr<const StoredFile>& plain,
                                             const Request& request) const;

private:
    void look_beside(const StoredFile& plain, const Request& request) const;
    CodedForms::Form find_beside(const StoredFile& plain, Coding coding,
                                 const Request& request) const;
    CodedForms::Form make(const StoredFile& plain, Coding coding, const Request& request) const;

    const DocumentRoot& root_;
    const CompressionSettings& settings_;
    FileCache& cache_;
    const void* const site_;
};

} // namespace tern::http
