#include "common/protocol/websocket/handshake.h"

#include "common/protocol/http/fields.h"
#include "common/protocol/irc/base64.h"

#include <algorithm>
#include <optional>

namespace tern::websocket {
namespace {

using http::Status;

constexpr std::string_view version = "Sec-WebSocket-Version";
constexpr std::string_view wrong_version = "only version 13 is spoken here";
constexpr std::string_view wrong_origin = "this origin may not come here";

using Fields = std::span<const http::Field>;

std::string_view value_of(Fields fields, std::string_view name) noexcept {
    const http::Field* const field = http::find(fields, name);
    return field != nullptr ? field->value : std::string_view();
}

/// Whether some field of that name lists `token`; fields may be repeated.
bool lists(Fields fields, std::string_view name, std::string_view token) noexcept {
    for (const http::Field& field : fields) {
        if (!http::equal_ignoring_case(field.name, name))
            continue;
        std::string_view list = field.value, element;
        while (http::next_element(list, element))
            if (http::equal_ignoring_case(element, token))
                return true;
    }
    return false;
}

bool is_key(std::string_view text) {
    const std::optional<std::string> bytes = irc::decode_base64(text);
    return bytes && bytes->size() == 16;
}

/// "name=value", and "name" alone.
struct Parameter {
    std::string_view name, value;
};

std::optional<Parameter> next_parameter(std::string_view& text) noexcept {
    if (text.empty())
        return std::nullopt;
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view whole = http::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = whole.find('=');
    if (equals == std::string_view::npos)
        return Parameter{whole, {}};
    std::string_view value = http::trim(whole.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return Parameter{http::trim(whole.substr(0, equals)), value};
}

/// Whether we can fulfil this offer of permessage-deflate (RFC 7692 §7.1). We keep no context, and
/// ask for none; a smaller window of ours we do not offer, so who insists on one is declined.
bool is_acceptable(std::string_view offer) noexcept {
    const auto name = next_parameter(offer);
    if (!name || name->name != "permessage-deflate" || !name->value.empty())
        return false;
    unsigned seen = 0; // each parameter once
    while (const auto parameter = next_parameter(offer)) {
        unsigned bit = 0;
        if (parameter->name == "server_no_context_takeover" && parameter->value.empty())
            bit = 1;
        else if (parameter->name == "client_no_context_takeover" && parameter->value.empty())
            bit = 2;
        else if (parameter->name == "client_max_window_bits")
            bit = 4;
        else if (parameter->name == "server_max_window_bits" && parameter->value == "15")
            bit = 8;
        if (bit == 0 || (seen & bit) != 0)
            return false;
        seen |= bit;
    }
    return true;
}

bool offers_deflate(Fields fields) noexcept {
    for (const http::Field& field : fields) {
        if (!http::equal_ignoring_case(field.name, "Sec-WebSocket-Extensions"))
            continue;
        std::string_view list = field.value, element;
        while (http::next_element(list, element))
            if (is_acceptable(element))
                return true;
    }
    return false;
}

Handshake refused(Status status, std::string_view reason) {
    Handshake handshake;
    handshake.refusal = status;
    handshake.reason = reason;
    return handshake;
}

void agree(Handshake& handshake, Fields fields, const Terms& terms) {
    for (const std::string& one : terms.subprotocols)
        if (handshake.subprotocol.empty() && lists(fields, "Sec-WebSocket-Protocol", one))
            handshake.subprotocol = one;
    handshake.deflate = terms.deflate && offers_deflate(fields);
}

} // namespace

bool asks_for_websocket(Fields fields) noexcept {
    return lists(fields, "Connection", "upgrade") && lists(fields, "Upgrade", "websocket");
}

bool may_ask_for_websocket(const http1::RequestHead& head) noexcept {
    return head.method == "GET" && head.minor_version >= 1 && head.framing == http1::Framing::none;
}

bool origin_may_come(std::string_view origin, std::string_view host, const Terms& terms) noexcept {
    if (origin.empty())
        return true;
    const auto is_allowed = [origin](const std::string& one) {
        return one == "*" || http::equal_ignoring_case(one, origin);
    };
    if (!terms.origins.empty())
        return std::any_of(terms.origins.begin(), terms.origins.end(), is_allowed);
    const std::string_view scheme = terms.encrypted ? "https://" : "http://";
    return http::equal_ignoring_case(origin.substr(0, scheme.size()), scheme) &&
           http::equal_ignoring_case(origin.substr(std::min(scheme.size(), origin.size())), host);
}

Handshake negotiate(const http1::RequestHead& head, const Terms& terms) {
    if (!asks_for_websocket(head.fields))
        return refused(Status::upgrade_required, "this is a WebSocket");
    if (!may_ask_for_websocket(head))
        return refused(Status::bad_request, "a handshake is a GET of HTTP/1.1 without content");
    return negotiate_upgrade(head.fields, head.host, terms);
}

Handshake negotiate_upgrade(Fields fields, std::string_view host, const Terms& terms) {
    if (value_of(fields, version) != "13")
        return refused(Status::upgrade_required, wrong_version);
    const std::string_view key = value_of(fields, "Sec-WebSocket-Key");
    if (!is_key(key))
        return refused(Status::bad_request, "Sec-WebSocket-Key is not 16 bytes in base64");
    if (!origin_may_come(value_of(fields, "Origin"), host, terms))
        return refused(Status::forbidden, wrong_origin);
    Handshake handshake;
    handshake.accept = accept_for(key);
    agree(handshake, fields, terms);
    return handshake;
}

Handshake negotiate_connect(Fields fields, std::string_view host, const Terms& terms) {
    if (value_of(fields, version) != "13")
        return refused(Status::bad_request, wrong_version);
    if (!origin_may_come(value_of(fields, "Origin"), host, terms))
        return refused(Status::forbidden, wrong_origin);
    Handshake handshake;
    agree(handshake, fields, terms);
    return handshake;
}

std::string_view extensions(const Handshake& handshake) noexcept {
    return handshake.deflate
               ? "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
               : "";
}

void append_switching(std::string& text, const Handshake& handshake) {
    text += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: ";
    text.append(handshake.accept).append("\r\n");
    if (!handshake.subprotocol.empty())
        text.append("Sec-WebSocket-Protocol: ").append(handshake.subprotocol).append("\r\n");
    if (handshake.deflate)
        text.append("Sec-WebSocket-Extensions: ").append(extensions(handshake)).append("\r\n");
    text += "\r\n";
}

} // namespace tern::websocket
