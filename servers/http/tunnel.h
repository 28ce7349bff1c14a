#pragma once
// What takes over a connection, or a stream of HTTP/2, for another protocol: bytes both ways, once
// the request for it is agreed to (RFC 9110 §7.8, RFC 8441).

#include "common/base/clock.h"
#include "servers/http/response.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace tern::http {

/// A response whose content is not there yet.
struct StreamHead {
    Status status = Status::ok;
    FieldLines fields;
    std::optional<std::uint64_t> length; ///< of the content; nothing: it is not known yet
};

/// Sans-I/O: whoever brings its bytes also keeps its time.
class Tunnel {
public:
    virtual ~Tunnel() = default;

    /// What has come. False: this is the end, after what is produced.
    virtual bool consume(std::string_view bytes) = 0;
    /// What is to be sent since the last time; valid until any next call.
    virtual std::string_view produce() = 0;

    /// Nothing has come for as long as its patience lasts. False as above.
    virtual bool endure_silence() = 0;
    virtual Clock::duration patience() const noexcept = 0;
    /// The server stops: this is the end, after what is produced.
    virtual void say_goodbye() = 0;
};

/// What a handler makes of a request to change over. None of it: it knows no other protocol.
struct ChangedOver {
    std::unique_ptr<Tunnel> tunnel;
    StreamHead head; ///< by which the tunnel begins
    std::optional<Response> refusal;
};

} // namespace tern::http
