#pragma once
// Finds the handler for a request by its path and its method, and answers when there is none.

#include "servers/http/handler.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tern::http {

class Router {
public:
    /// `pattern` is a path, "/healthz", or everything below one, "/images/*" or "/*". GET includes
    /// HEAD. Throws std::invalid_argument for what is no pattern, and if one of the methods has a
    /// handler there already.
    void add(std::string_view pattern, Methods methods, std::shared_ptr<Handler> handler);

    /// Who answers: a handler, or if there is none, an answer.
    struct Match {
        Handler* handler = nullptr;
        Response answer;
    };
    Match find(const Request& request) const;

private:
    struct Binding {
        Methods methods;
        std::shared_ptr<Handler> handler;
    };
    struct Place {
        std::string path; ///< without the "*"
        bool is_prefix = false;
        std::vector<Binding> bindings;

        bool matches(std::string_view requested) const noexcept;
        Methods allowed() const noexcept;
        Response options(const Request& request) const;
    };

    Place& place(std::string_view pattern);

    std::vector<Place> places_; ///< the more specific ones first
    Methods all_;
};

} // namespace tern::http
