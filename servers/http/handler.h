#pragma once
// What answers requests: the one interface behind every route.

#include "servers/http/request.h"
#include "servers/http/response.h"
#include "servers/http/tunnel.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tern::http {

/// Takes in the body of one request, and then answers; or answers while it comes.
class BodySink {
public:
    virtual ~BodySink() = default;

    /// The head of an answer that begins before the body ends. Asked once, before the first
    /// consume(). Nothing: the answer is what finish() says.
    virtual std::optional<StreamHead> begin() { return std::nullopt; }

    /// The next piece of the content. False: no more is wanted, finish() has an answer already.
    virtual bool consume(std::string_view piece) = 0;
    /// The answer: at the body's end, or after consume() said false. A sink that is destroyed
    /// without it must undo what it did: the body was cut off.
    virtual Response finish() = 0;
    /// What follows of an answer that has begun, after a consume() that said true; instead of
    /// finish(), which is not called then.
    virtual std::string_view produce() { return {}; }
};

/// Handlers never wait. Many threads call one handler at once, and so do forked processes.
class Handler {
public:
    virtual ~Handler() = default;

    /// Asked first, and once for each request. An answer: the request goes no further.
    virtual std::optional<Response> refuse(const Request& /*request*/) { return std::nullopt; }

    /// Answers a request whose body, if it has any, is of no interest.
    virtual Response respond(const Request& request) = 0;

    /// Who takes the body of this request; null: nobody, it is read and forgotten. Asked before
    /// respond(), which is not called when there is a sink.
    virtual std::unique_ptr<BodySink> receive(const Request& /*request*/) { return nullptr; }

    /// Asked first of a request that has a changeover. Nothing: respond() answers it, or if it is a
    /// `connect` the client hears that there is no such thing.
    virtual ChangedOver change_over(const Request& /*request*/) { return {}; }

    /// Adds to the answer to an OPTIONS by which a browser asks whether a page of another origin
    /// may use one of the handler's methods. Nobody has identified himself then.
    virtual void preflight(const Request& /*request*/, Response& /*response*/) const {}

    /// The largest body that is taken, instead of what the server's limits say.
    virtual std::optional<std::uint64_t> largest_body() const { return std::nullopt; }
};

} // namespace tern::http
