#include "servers/http/response.h"

#include <utility>

namespace tern::http {
namespace {

/// A heading that says what the status line says; nothing that a peer sent comes in here.
std::string page(Status status) {
    std::string title = std::to_string(number(status));
    title += ' ';
    title += reason(status);
    return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + title +
           "</title>\n<h1>" + title + "</h1>\n</html>\n";
}

constexpr std::string_view html = "text/html; charset=utf-8";

} // namespace

std::uint64_t Response::length() const noexcept {
    if (parts.empty())
        return ContentPart{bytes, file}.length();
    std::uint64_t sum = 0;
    for (const ContentPart& part : parts)
        sum += part.length();
    return sum;
}

Response text_response(Status status, std::string_view content_type, std::string content) {
    Response response;
    response.status = status;
    response.fields.add("Content-Type", content_type);
    const auto owner = std::make_shared<const std::string>(std::move(content));
    response.bytes = *owner;
    response.owner = owner;
    return response;
}

Response error_response(Status status) {
    Response response = text_response(status, html, page(status));
    response.has_built_in_page = true;
    return response;
}

Response redirect_response(Status status, std::string_view location) {
    Response response = text_response(status, html, page(status));
    response.fields.add("Location", location);
    return response;
}

} // namespace tern::http
