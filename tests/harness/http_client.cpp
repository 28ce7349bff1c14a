#include "tests/harness/http_client.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace tern::test {
namespace {

char lower(char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

bool same_name(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

std::size_t parse_number(std::string_view text, int base) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        throw BadResponse("not a number: " + std::string(text));
    return number;
}

/// RFC 9112 §4: HTTP-version SP status-code SP [ reason-phrase ]
void parse_status_line(const std::string& line, HttpResponse& response) {
    constexpr std::size_t version_length = 8, code_length = 3;
    constexpr std::size_t prefix = version_length + 1 + code_length + 1;
    if (line.size() < prefix || line[version_length] != ' ' || line[prefix - 1] != ' ' ||
        !line.starts_with("HTTP/1."))
        throw BadResponse("not a status line: " + line);
    response.version = line.substr(0, version_length);
    response.status = static_cast<int>(
        parse_number(std::string_view(line).substr(version_length + 1, code_length), 10));
    response.reason = line.substr(prefix);
}

void parse_field_line(const std::string& line, HttpResponse& response) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || line.find_first_of(" \t") < colon)
        throw BadResponse("not a field line: " + line);
    std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    const std::size_t end = line.find_last_not_of(" \t") + 1;
    begin = std::min(begin, end);
    response.fields.emplace_back(line.substr(0, colon), line.substr(begin, end - begin));
}

std::string read_chunks(ClientSocket& socket) {
    std::string body;
    for (;;) {
        const std::size_t size = parse_number(socket.read_line(), 16);
        if (size == 0)
            break;
        body += socket.read_exactly(size);
        if (!socket.read_line().empty())
            throw BadResponse("a chunk that does not end where it should");
    }
    while (!socket.read_line().empty()) { // trailers
    }
    return body;
}

} // namespace

bool HttpResponse::has(std::string_view name) const {
    return std::any_of(fields.begin(), fields.end(),
                       [&](const auto& field) { return same_name(field.first, name); });
}

std::string HttpResponse::field(std::string_view name) const {
    std::string value;
    bool found = false;
    for (const auto& field : fields) {
        if (!same_name(field.first, name))
            continue;
        if (found)
            throw BadResponse("more than one " + std::string(name));
        found = true;
        value = field.second;
    }
    return value;
}

bool HttpResponse::closes() const {
    const std::string connection = field("Connection");
    if (same_name(connection, "close"))
        return true;
    return version == "HTTP/1.0" && !same_name(connection, "keep-alive");
}

HttpResponse read_response_head(ClientSocket& socket) {
    HttpResponse response;
    parse_status_line(socket.read_line(), response);
    for (std::string line = socket.read_line(); !line.empty(); line = socket.read_line())
        parse_field_line(line, response);
    return response;
}

HttpResponse read_response(ClientSocket& socket, BodyRule rule) {
    HttpResponse response = read_response_head(socket);
    const bool bodiless = rule == BodyRule::none || response.status < 200 ||
                          response.status == 204 || response.status == 304;
    if (bodiless)
        return response;
    if (same_name(response.field("Transfer-Encoding"), "chunked"))
        response.body = read_chunks(socket);
    else if (response.has("Content-Length"))
        response.body = socket.read_exactly(parse_number(response.field("Content-Length"), 10));
    else
        response.body = socket.read_to_end();
    return response;
}

std::string request(std::string_view method, std::string_view target, std::string_view fields,
                    std::string_view version) {
    std::string text(method);
    text.append(" ").append(target).append(" ").append(version);
    text.append("\r\nHost: localhost\r\n").append(fields).append("\r\n");
    return text;
}

std::string difference(std::string_view got, std::string_view wanted) {
    if (got == wanted)
        return {};
    const auto [where, other] = std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end());
    const auto at = static_cast<std::size_t>(where - got.begin());
    constexpr std::size_t shown = 24;
    return "got " + std::to_string(got.size()) + " bytes, wanted " + std::to_string(wanted.size()) +
           "; they differ from byte " + std::to_string(at) + " on: \"" +
           std::string(got.substr(at, shown)) + "\" for \"" +
           std::string(wanted.substr(at, shown)) + '"';
}

} // namespace tern::test
