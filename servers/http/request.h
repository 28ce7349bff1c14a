#pragma once
// A request as handlers see it, whatever wire protocol brought it.

#include "common/base/clock.h"
#include "common/net/connection.h"
#include "common/protocol/http/fields.h"

#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tern::http {

/// RFC 9110 §9, PATCH (RFC 5789) and MKCOL (RFC 4918 §9.3). `other`: not implemented by this
/// server (501).
enum class Method : std::uint8_t {
    get,
    head,
    options,
    post,
    put,
    remove,
    patch,
    make_folder,
    other
};

Method method_from(std::string_view name) noexcept;

/// A set of methods.
class Methods {
public:
    constexpr Methods() noexcept = default;
    constexpr Methods(std::initializer_list<Method> methods) noexcept {
        for (const Method method : methods)
            add(method);
    }
    constexpr void add(Method method) noexcept { bits_ |= bit(method); }
    constexpr void add(Methods methods) noexcept { bits_ |= methods.bits_; }
    constexpr bool contains(Method method) const noexcept { return (bits_ & bit(method)) != 0; }
    constexpr bool intersects(Methods methods) const noexcept {
        return (bits_ & methods.bits_) != 0;
    }
    /// For Allow: "GET, HEAD".
    std::string to_string() const;

private:
    static constexpr unsigned bit(Method method) noexcept {
        return 1U << static_cast<unsigned>(method);
    }
    unsigned bits_ = 0;
};

/// When something happens: one reading of both clocks serves a whole batch of requests.
struct Moment {
    Clock::time_point steady;
    std::time_t wall = 0;
};

/// How a client asks to leave HTTP for WebSocket.
enum class Changeover : std::uint8_t {
    none,
    upgrade, ///< of the connection (RFC 6455 §4.1)
    connect, ///< of one stream of HTTP/2 (RFC 8441)
};

/// The views are valid until the handler returns.
struct Request {
    Method method = Method::other;
    std::string_view method_name;
    std::string_view path;  ///< decoded and normalised, begins with "/"; or "*" (OPTIONS)
    std::string_view query; ///< as it was sent, without "?"
    std::string_view host;  ///< without its port; empty if the client named none
    std::span<const Field> fields;
    const net::Endpoints& client;
    Moment moment;
    /// Of the body: 0 if there is none, nothing if the client did not say.
    std::optional<std::uint64_t> content_length = 0;
    std::string_view authority = {}; ///< the host as the client named it, with its port
    Changeover changeover = Changeover::none;
    bool knows_upgrade = true; ///< the client, as all of HTTP/1.1
};

} // namespace tern::http
