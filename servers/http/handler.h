#pragma once
// What answers requests: the one interface behind every route.

#include "servers/http/request.h"
#include "servers/http/response.h"

#include <memory>
#include <string_view>

namespace tern::http {

/// Takes in the body of one request, and then answers.
class BodySink {
public:
    virtual ~BodySink() = default;

    /// The next piece of the content. False: no more is wanted, finish() has an answer already.
    virtual bool consume(std::string_view piece) = 0;
    /// The answer: at the body's end, or after consume() said false. A sink that is destroyed
    /// without it must undo what it did: the body was cut off.
    virtual Response finish() = 0;
};

/// Handlers never wait. Many threads call one handler at once, and so do forked processes.
class Handler {
public:
    virtual ~Handler() = default;

    /// Answers a request whose body, if it has any, is of no interest.
    virtual Response respond(const Request& request) = 0;

    /// Who takes the body of this request; null: nobody, it is read and forgotten. Asked before
    /// respond(), which is not called when there is a sink.
    virtual std::unique_ptr<BodySink> receive(const Request& /*request*/) { return nullptr; }
};

} // namespace tern::http
