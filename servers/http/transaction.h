#pragma once
// One request and its answer, whatever wire brings the one and takes the other away: what its
// address means, who answers, its body's way into a sink, error pages, and its line in the log.

#include "common/net/connection.h"
#include "servers/http/exchange_context.h"
#include "servers/http/handler.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tern::http {

/// A request as its wire has brought it.
struct ArrivedRequest {
    std::string_view method;
    std::string_view target;
    std::string_view authority; ///< of Host, or of what stands for it: valid, or empty
    std::string_view version;   ///< "HTTP/1.1", for the log
    std::span<const Field> fields;
    /// Of the body: 0 if there is none, nothing if the client did not say.
    std::optional<std::uint64_t> content_length = 0;
    bool has_unknown_expectation = false;
    Changeover changeover = Changeover::none;
    bool knows_upgrade = true;
};

/// Of one request after the other, or of one.
class Transaction {
public:
    /// Both outlive the transaction.
    Transaction(const ExchangeContext& context, const net::Endpoints& client) noexcept
        : context_(context), client_(client) {}

    /// Forgets the request before.
    void reset() noexcept;

    /// Nothing: it is not valid, and fault() says why.
    std::optional<Request> open(const ArrivedRequest& arrived, const Moment& moment);
    Status fault() const noexcept { return fault_; }

    /// Who answers a request without a body. Never throws: whatever a handler does, the client gets
    /// an answer. With a tunnel afterwards: the answer is stream(), and what comes is taken by
    /// take().
    Response ask(const Request& request);
    /// The same for one with a body: the answer is kept for finish(), if no sink makes it. False:
    /// the body is too large.
    bool ask_with_body(const Request& request);

    /// What the client has changed over to; null: nothing.
    Tunnel* tunnel() const noexcept { return tunnel_.get(); }
    bool has_sink() const noexcept { return sink_ != nullptr; }
    /// Of an answer that begins before the body ends.
    const std::optional<StreamHead>& stream() const noexcept { return stream_; }

    enum class Taken : unsigned char {
        more,
        enough, ///< the rest of the body is not wanted: finish() has an answer
        failed, ///< fault() says why
    };
    /// The next piece of the body, or for the tunnel; `produced` is what follows of an answer that
    /// has begun.
    Taken take(std::string_view piece, std::string_view& produced);
    std::uint64_t body_bytes() const noexcept { return body_bytes_; }
    /// The answer, once the body is over. Never throws.
    Response finish();
    /// Of the request nothing will be answered, or something else.
    void abandon() noexcept;

    /// The last that happens to each answer before it is sent.
    void complete(Response& response) const;

    bool is_head() const noexcept { return is_head_; }
    void set_head(bool is_head) noexcept { is_head_ = is_head; }

    /// Of the request, if there is a log and no answer yet.
    std::optional<AccessRecord>& record() noexcept { return record_; }
    /// For what was no request.
    void begin_record(std::string_view request_line, const Moment& moment);

private:
    std::optional<Response> change_over(Handler& handler, const Request& request);
    Response route(const Request& request, bool has_body);
    void choose_error_pages(std::string_view host) noexcept;
    void begin_record(const ArrivedRequest& arrived, std::string_view host, const Moment& moment);

    const ExchangeContext& context_;
    const net::Endpoints& client_;
    Status fault_ = Status::bad_request;
    bool is_head_ = false;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t largest_body_ = 0;
    std::unique_ptr<BodySink> sink_;
    std::unique_ptr<Tunnel> tunnel_;
    std::optional<StreamHead> stream_;
    std::optional<Response> pending_; ///< to be answered once the body is over
    std::string path_;                ///< where a path is decoded
    std::optional<AccessRecord> record_;
    const SiteErrorPages* error_pages_ = nullptr; ///< null: the built-in ones
};

} // namespace tern::http
