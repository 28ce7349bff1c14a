#include "servers/http/echo_handlers.h"

#include "common/base/escape.h"

#include <string>
#include <utility>

namespace tern::http {
namespace {

/// Whatever is in the content, it is no page.
void add_caution(FieldLines& fields) {
    fields.add("Cache-Control", "no-store");
    fields.add("X-Content-Type-Options", "nosniff");
}

void add_member(std::string& json, std::string_view name, std::string_view value) {
    json.append(json.size() == 1 ? "\"" : ",\"").append(name).append("\":");
    append_json_string(json, value);
}

void add_fields(std::string& json, std::span<const Field> fields) {
    json += ",\"headers\":[";
    for (const Field& field : fields) {
        json += json.back() == '[' ? "[" : ",[";
        append_json_string(json, field.name);
        json += ',';
        append_json_string(json, field.value);
        json += ']';
    }
    json += ']';
}

constexpr std::string_view bytes = "application/octet-stream";

class EchoSink final : public BodySink {
public:
    explicit EchoSink(std::optional<std::uint64_t> length) : length_(length) {}

    std::optional<StreamHead> begin() override {
        StreamHead head;
        head.fields.add("Content-Type", bytes);
        add_caution(head.fields);
        head.length = length_;
        return head;
    }
    bool consume(std::string_view piece) override {
        piece_ = piece;
        return true;
    }
    std::string_view produce() override { return std::exchange(piece_, {}); }
    Response finish() override { return error_response(Status::internal_error); } // never called

private:
    const std::optional<std::uint64_t> length_;
    std::string_view piece_; ///< until produce(), which follows at once
};

} // namespace

Response EchoRequestHandler::respond(const Request& request) {
    std::string json = "{";
    add_member(json, "method", request.method_name);
    add_member(json, "host", request.host);
    add_member(json, "path", request.path);
    add_member(json, "query", request.query);
    add_member(json, "client", request.client.peer.host());
    json += ",\"body_bytes\":";
    json += request.content_length ? std::to_string(*request.content_length) : "null";
    add_fields(json, request.fields);
    json += "}\n";
    Response response = text_response(Status::ok, "application/json", std::move(json));
    add_caution(response.fields);
    return response;
}

Response EchoHeadersHandler::respond(const Request& request) {
    std::string text;
    for (const Field& field : request.fields)
        text.append(field.name).append(": ").append(field.value).append("\n");
    Response response = text_response(Status::ok, "text/plain; charset=utf-8", std::move(text));
    add_caution(response.fields);
    return response;
}

Response EchoBodyHandler::respond(const Request& /*request*/) {
    Response response = text_response(Status::ok, bytes, {}); // there is no body
    add_caution(response.fields);
    return response;
}

std::unique_ptr<BodySink> EchoBodyHandler::receive(const Request& request) {
    return std::make_unique<EchoSink>(request.content_length);
}

} // namespace tern::http
