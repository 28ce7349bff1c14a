#pragma once
// Which site a request is for.

#include "common/protocol/http/fields.h"

#include <string>
#include <string_view>

namespace tern::http {

/// The first site that names the host, else the first one for all hosts ("*"), else the first one;
/// the end if there is none. `hosts_of(site)` are its names.
template <class Sites, class HostsOf>
auto find_site(const Sites& sites, std::string_view host, HostsOf hosts_of) {
    auto for_all = sites.end();
    for (auto site = sites.begin(); site != sites.end(); ++site) {
        for (const std::string& name : hosts_of(*site)) {
            if (equal_ignoring_case(name, host))
                return site;
            if (name == "*" && for_all == sites.end())
                for_all = site;
        }
    }
    return for_all == sites.end() ? sites.begin() : for_all;
}

} // namespace tern::http
