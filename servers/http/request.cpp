#include "servers/http/request.h"

#include <array>

namespace tern::http {
namespace {

/// In the order of Method.
constexpr std::array<std::string_view, 8> names = {"GET", "HEAD",   "OPTIONS", "POST",
                                                   "PUT", "DELETE", "PATCH",   "MKCOL"};

} // namespace

Method method_from(std::string_view name) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) // RFC 9110 §9.1: case matters
            return static_cast<Method>(i);
    }
    return Method::other;
}

std::string Methods::to_string() const {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!contains(static_cast<Method>(i)))
            continue;
        if (!text.empty())
            text += ", ";
        text += names[i];
    }
    return text;
}

} // namespace tern::http
