#include "servers/chat/web_pages.h"

#include "common/protocol/http/fields.h"
#include "common/protocol/http1/response_head.h"
#include "generated/chat_web_connection.h"
#include "generated/chat_web_icon.h"
#include "generated/chat_web_links.h"
#include "generated/chat_web_main.h"
#include "generated/chat_web_page.h"
#include "generated/chat_web_rooms.h"
#include "generated/chat_web_style.h"
#include "generated/chat_web_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tern::chat {
namespace {

using http::Status;

/// Nothing from elsewhere, nothing inline, and in nobody's frame.
constexpr std::string_view safety =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

struct Page {
    std::string_view path, type, content;
};

const std::array<Page, 8>& pages() {
    using namespace generated;
    constexpr std::string_view script = "text/javascript; charset=utf-8";
    static const std::array<Page, 8> all = {{
        {"/", "text/html; charset=utf-8", chat_web_page},
        {"/style.css", "text/css; charset=utf-8", chat_web_style},
        {"/icon.svg", "image/svg+xml", chat_web_icon},
        {"/main.js", script, chat_web_main},
        {"/connection.js", script, chat_web_connection},
        {"/rooms.js", script, chat_web_rooms},
        {"/view.js", script, chat_web_view},
        {"/links.js", script, chat_web_links},
    }};
    return all;
}

/// FNV-1a: another version of a file has another tag.
std::string tag_of(std::string_view content) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const char letter : content)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3;
    return fmt::format("\"{:016x}\"", hash);
}

} // namespace

void append_refusal(std::string& output, Status status, std::string_view reason) {
    const std::string content = fmt::format("{}\n", reason);
    http1::ResponseHead head(output, status);
    head.lines(safety).field("Content-Type", "text/plain; charset=utf-8");
    if (status == Status::method_not_allowed)
        head.field("Allow", "GET, HEAD");
    if (status == Status::upgrade_required)
        head.field("Upgrade", "websocket").field("Sec-WebSocket-Version", "13");
    if (status == Status::unavailable)
        head.field("Retry-After", "5");
    head.field("Connection", "close").field("Content-Length", content.size()).end();
    output += content;
}

void append_page(std::string& output, const http1::RequestHead& request) {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    const auto& all = pages();
    const auto* const page =
        std::find_if(all.begin(), all.end(), [&](const Page& one) { return one.path == path; });
    if (request.method != "GET" && request.method != "HEAD")
        return append_refusal(output, Status::method_not_allowed, "GET it");
    if (page == all.end())
        return append_refusal(output, Status::not_found, "There is no such page");
    const std::string tag = tag_of(page->content);
    const http::Field* const known = http::find(request.fields, "If-None-Match");
    const bool is_known = known != nullptr && known->value.find(tag) != std::string_view::npos;
    http1::ResponseHead head(output, is_known ? Status::not_modified : Status::ok);
    head.lines(safety).field("ETag", tag).field("Cache-Control", "no-cache");
    head.field("Connection", "close");
    if (!is_known)
        head.field("Content-Type", page->type).field("Content-Length", page->content.size());
    head.end();
    if (request.method == "GET" && !is_known)
        output += page->content;
}

std::string full_response() {
    std::string output;
    append_refusal(output, Status::unavailable, "The server is full. Please try again later.");
    return output;
}

} // namespace tern::chat
