#pragma once
// Handlers that tell clients what they have sent, for those who build or search through what is
// between them and us. None may be cached, and none is taken for a page by a browser.

#include "servers/http/handler.h"

namespace tern::http {

/// What the server understood, as JSON.
class EchoRequestHandler final : public Handler {
public:
    Response respond(const Request& request) override;
};

/// The header lines, as text.
class EchoHeadersHandler final : public Handler {
public:
    Response respond(const Request& request) override;
};

/// The body, unchanged, while it comes: however long it is, little of it is ever kept.
class EchoBodyHandler final : public Handler {
public:
    Response respond(const Request& request) override;
    std::unique_ptr<BodySink> receive(const Request& request) override;
};

} // namespace tern::http
