#pragma once
// Pages that are sent with errors instead of the built-in one. They are read once, at start, so
// that a server that has run out of descriptors can still send them.

#include "common/base/configuration.h"
#include "servers/http/response.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

struct ErrorPage {
    std::string content_type;
    std::string content;
};

/// Of one site.
class SiteErrorPages {
public:
    /// By "404" or "5xx"; a page for one status goes before one for its class.
    using Pages = std::map<std::string, std::shared_ptr<const ErrorPage>>;

    /// Instead of what was there.
    void add(const Pages& pages);

    /// Does nothing if there is no page for the response's status.
    void replace_page(Response& response) const;

private:
    static constexpr unsigned first = 400;
    std::array<std::shared_ptr<const ErrorPage>, 200> pages_; ///< by status, from `first` on
};

/// Of all sites. Read-only, so thread-safe.
class ErrorPages {
public:
    struct Site {
        std::vector<std::string> hosts;
        SiteErrorPages::Pages pages;
    };
    /// `common` are those of sites that have none of their own.
    ErrorPages(const SiteErrorPages::Pages& common, const std::vector<Site>& sites);

    /// Of the site that answers to `host`.
    const SiteErrorPages& of(std::string_view host) const noexcept;

private:
    struct Known {
        std::vector<std::string> hosts;
        SiteErrorPages pages;
    };
    std::vector<Known> sites_;
    SiteErrorPages common_; ///< where there is no site
};

/// Null if the configuration names no page. Throws ConfigurationError.
std::unique_ptr<const ErrorPages> error_pages_from(const Configuration& configuration);

} // namespace tern::http
