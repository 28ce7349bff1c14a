#include "servers/http/error_pages.h"

#include "common/base/json_text.h"
#include "common/protocol/http/fields.h"
#include "servers/http/configured_file.h"
#include "servers/http/mime_types.h"
#include "servers/http/site_names.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace tern::http {
namespace {

using nlohmann::json;
using Pages = SiteErrorPages::Pages;

FieldLines without_content_type(const FieldLines& fields) {
    FieldLines result;
    std::string_view text = fields.text();
    for (Field field; FieldLines::next(text, field);) {
        if (!equal_ignoring_case(field.name, "Content-Type"))
            result.add(field.name, field.value);
    }
    return result;
}

/// "404" or "5xx".
bool is_status(std::string_view name) noexcept {
    return name.size() == 3 && (name[0] == '4' || name[0] == '5') &&
           (name.ends_with("xx") || (is_digit(name[1]) && is_digit(name[2])));
}

Pages pages_from(const json& names, const std::string& pointer,
                 const Configuration& configuration) {
    const MimeTypes types(
        configuration.effective().at("mime_types").get<std::map<std::string, std::string>>());
    Pages pages;
    for (const auto& [status, each] : names.items()) {
        if (!is_status(status))
            throw configuration.error(
                child_pointer(pointer, status),
                R"(found no status of an error, allowed: 400 to 599, "4xx" and "5xx")");
        const auto name = each.get<std::string>();
        pages[status] = std::make_shared<const ErrorPage>(
            ErrorPage{std::string(types.type_of(name)),
                      read_configured_file(configuration, child_pointer(pointer, status), name)});
    }
    return pages;
}

} // namespace

void SiteErrorPages::add(const Pages& pages) {
    for (const bool of_classes : {true, false}) {
        for (const auto& [name, page] : pages) {
            if (name.ends_with("xx") != of_classes)
                continue;
            const unsigned begin = of_classes ? static_cast<unsigned>(name.front() - '0') * 100
                                              : static_cast<unsigned>(std::stoul(name));
            const unsigned end = begin + (of_classes ? 100 : 1);
            for (unsigned status = begin; status < end; ++status)
                pages_.at(status - first) = page;
        }
    }
}

void SiteErrorPages::replace_page(Response& response) const {
    const unsigned index = number(response.status) - first;
    if (index >= pages_.size() || pages_[index] == nullptr)
        return;
    const std::shared_ptr<const ErrorPage>& page = pages_[index];
    FieldLines fields;
    fields.add("Content-Type", page->content_type);
    fields.add(without_content_type(response.fields));
    response.fields = std::move(fields);
    response.bytes = page->content;
    response.owner = page;
    response.has_built_in_page = false;
}

ErrorPages::ErrorPages(const Pages& common, const std::vector<Site>& sites) {
    common_.add(common);
    for (const Site& site : sites) {
        sites_.push_back({site.hosts, common_});
        sites_.back().pages.add(site.pages);
    }
}

const SiteErrorPages& ErrorPages::of(std::string_view host) const noexcept {
    const auto site = find_site(
        sites_, host, [](const Known& known) -> const auto& { return known.hosts; });
    return site == sites_.end() ? common_ : site->pages;
}

std::unique_ptr<const ErrorPages> error_pages_from(const Configuration& configuration) {
    const json& all = configuration.effective();
    const Pages common = pages_from(all.at("error_pages"), "/error_pages", configuration);
    bool has_any = !common.empty();
    std::vector<ErrorPages::Site> sites;
    for (const json& site : all.at("sites")) {
        const std::string pointer =
            child_pointer(child_pointer("/sites", sites.size()), "error_pages");
        sites.push_back({site.at("hosts").get<std::vector<std::string>>(),
                         pages_from(site.at("error_pages"), pointer, configuration)});
        has_any = has_any || !sites.back().pages.empty();
    }
    return has_any ? std::make_unique<const ErrorPages>(common, sites) : nullptr;
}

} // namespace tern::http
