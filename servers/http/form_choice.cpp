#include "servers/http/form_choice.h"

#include "servers/http/stored_file.h"

#include <array>
#include <utility>

namespace tern::http {
namespace {

/// Of the names of files that were compressed beforehand; in the order of Coding.
constexpr std::array<std::string_view, coding_count> suffixes = {".gz", ".br", ".zst"};

} // namespace

std::shared_ptr<const StoredFile> FormChoice::choose(const std::shared_ptr<const StoredFile>& plain,
                                                     const Request& request) const {
    const CodingOrder order(accepted_codings(request.fields), settings_.codings);
    CodedForms& forms = *plain->forms;
    const bool is_kept = !plain->descriptor;
    if (is_kept && settings_.precompressed && order.begin() != order.end() &&
        forms.is_due(request.moment.steady, cache_.revalidate()))
        look_beside(*plain, request);
    for (const CodingOrder::Rank& rank : order) {
        for (const Coding coding : rank) {
            CodedForms::Form form =
                is_kept ? forms.beside(coding) : find_beside(*plain, coding, request);
            if (form != nullptr)
                return form;
        }
        // What one coding cannot make smaller, others cannot either: only the best is tried.
        if (CodedForms::Form form = make(*plain, *rank.begin(), request))
            return form;
    }
    return plain;
}

/// Once in a while; until it is done others do with what was there before.
void FormChoice::look_beside(const StoredFile& plain, const Request& request) const {
    bool has_changed = false;
    for (const Coding coding : settings_.codings) {
        const CodedForms::Form known = plain.forms->beside(coding);
        CodedForms::Form found = find_beside(plain, coding, request);
        if (found == known)
            continue;
        plain.forms->set_beside(coding, std::move(found));
        has_changed = true;
    }
    if (has_changed)
        cache_.weigh(site_, request.path, plain);
}

CodedForms::Form FormChoice::find_beside(const StoredFile& plain, Coding coding,
                                         const Request& request) const {
    if (!settings_.precompressed)
        return nullptr;
    std::string path = plain.path;
    path += suffixes[static_cast<std::size_t>(coding)];
    Result<OpenFile> opened = root_.open(path);
    // Older than the plain one: made of what the file was before.
    if (!opened || opened->kind != FileKind::regular ||
        opened->identity.modified_ns < plain.identity.modified_ns)
        return nullptr;
    CodedForms::Form known = plain.forms->beside(coding);
    if (known != nullptr && known->settled && known->identity == opened->identity)
        return known;
    const bool keep = cache_.takes(opened->identity.size);
    CodedForms::Form form =
        load_file(std::move(*opened), {plain.content_type, coding, true}, keep, request.moment);
    // The cache holds no descriptors: there would be no bound to them.
    return form->descriptor && !plain.descriptor ? nullptr : form;
}

CodedForms::Form FormChoice::make(const StoredFile& plain, Coding coding,
                                  const Request& request) const {
    if (CodedForms::Form form = plain.forms->made(coding))
        return form;
    if (!settings_.on_the_fly || plain.descriptor || plain.bytes.size() < settings_.min_bytes ||
        plain.bytes.size() > settings_.max_bytes || !plain.forms->claim(coding))
        return nullptr;
    CodedForms::Form form = make_coded(plain, coding);
    if (form == nullptr)
        return nullptr;
    plain.forms->set_made(coding, form);
    cache_.weigh(site_, request.path, plain);
    return form;
}

} // namespace tern::http
