#include "servers/http/transaction.h"

#include "common/protocol/http/target.h"

#include <exception>
#include <utility>

namespace tern::http {
namespace {

std::string_view value_of(std::span<const Field> fields, std::string_view name) {
    const Field* const field = find(fields, name);
    return field == nullptr ? std::string_view() : field->value;
}

} // namespace

void Transaction::reset() noexcept {
    is_head_ = false;
    choose_error_pages({});
}

void Transaction::choose_error_pages(std::string_view host) noexcept {
    if (context_.error_pages != nullptr)
        error_pages_ = &context_.error_pages->of(host);
}

std::optional<Request> Transaction::open(const ArrivedRequest& arrived, const Moment& moment) {
    is_head_ = arrived.method == "HEAD";
    fault_ = Status::bad_request;
    const Target target = parse_target(arrived.method, arrived.target);
    // RFC 9112 §3.2.2: an absolute target's authority replaces Host.
    const std::string_view host =
        host_of(target.authority.empty() ? arrived.authority : target.authority);
    choose_error_pages(host);
    if (context_.access_log != nullptr)
        begin_record(arrived, host, moment);
    if (target.form == Target::Form::invalid)
        return std::nullopt;
    if (arrived.has_unknown_expectation) { // RFC 9110 §10.1.1
        fault_ = Status::expectation_failed;
        return std::nullopt;
    }
    DecodedPath path{PathFault::none, target.path};
    if (target.path.starts_with('/'))
        path = decode_path(target.path, path_);
    if (path.fault == PathFault::malformed)
        return std::nullopt;
    // What is unreachable has an empty path, which no route matches.
    return Request{method_from(arrived.method),
                   arrived.method,
                   path.path,
                   target.query,
                   host,
                   arrived.fields,
                   client_,
                   moment,
                   arrived.content_length,
                   target.authority.empty() ? arrived.authority : target.authority,
                   arrived.changeover,
                   arrived.knows_upgrade};
}

Response Transaction::ask(const Request& request) { return route(request, false); }

bool Transaction::ask_with_body(const Request& request) {
    body_bytes_ = 0;
    stream_.reset();
    pending_ = route(request, true);
    if (request.content_length.value_or(0) <= largest_body_)
        return true;
    fault_ = Status::content_too_large;
    return false;
}

/// Nothing: the request is answered as if it did not ask to change over.
std::optional<Response> Transaction::change_over(Handler& handler, const Request& request) {
    ChangedOver changed = handler.change_over(request);
    if (changed.refusal)
        return std::move(changed.refusal);
    tunnel_ = std::move(changed.tunnel);
    if (tunnel_ != nullptr) {
        stream_ = std::move(changed.head);
        return Response();
    }
    if (request.changeover == Changeover::connect)
        return error_response(Status::not_implemented);
    return std::nullopt;
}

Response Transaction::route(const Request& request, bool has_body) {
    largest_body_ = context_.settings.limits.body_bytes;
    try {
        if (context_.request_rate != nullptr) {
            if (auto refusal = context_.request_rate->refuse(request))
                return std::move(*refusal);
        }
        Router::Match match = context_.router.find(request);
        if (match.handler != nullptr)
            largest_body_ = match.handler->largest_body().value_or(largest_body_);
        if (request.content_length.value_or(0) > largest_body_)
            return error_response(Status::content_too_large);
        if (match.handler == nullptr)
            return std::move(match.answer);
        if (auto refusal = match.handler->refuse(request))
            return std::move(*refusal);
        if (request.changeover != Changeover::none) {
            if (auto answer = change_over(*match.handler, request))
                return std::move(*answer);
        }
        if (has_body && !is_head_)
            sink_ = match.handler->receive(request);
        if (sink_ == nullptr)
            return match.handler->respond(request);
        stream_ = sink_->begin();
        return {};
    } catch (const std::exception& error) {
        context_.observer.failed(error.what());
        sink_.reset();
        return error_response(Status::internal_error);
    }
}

Transaction::Taken Transaction::take(std::string_view piece, std::string_view& produced) {
    body_bytes_ += piece.size();
    if (body_bytes_ > largest_body_ && tunnel_ == nullptr) {
        fault_ = Status::content_too_large;
        return Taken::failed;
    }
    try {
        if (tunnel_ != nullptr) {
            const bool goes_on = tunnel_->consume(piece);
            produced = tunnel_->produce();
            return goes_on ? Taken::more : Taken::enough;
        }
        if (sink_ == nullptr)
            return Taken::more;
        if (!sink_->consume(piece))
            return Taken::enough;
        if (stream_)
            produced = sink_->produce();
        return Taken::more;
    } catch (const std::exception& error) {
        context_.observer.failed(error.what());
        fault_ = Status::internal_error;
        return Taken::failed;
    }
}

Response Transaction::finish() {
    try {
        if (sink_ != nullptr)
            pending_ = sink_->finish();
    } catch (const std::exception& error) {
        context_.observer.failed(error.what());
        pending_ = error_response(Status::internal_error);
    }
    sink_.reset();
    return *std::exchange(pending_, std::nullopt);
}

void Transaction::abandon() noexcept {
    sink_.reset();
    tunnel_.reset();
    pending_.reset();
}

void Transaction::complete(Response& response) const {
    if (error_pages_ != nullptr && response.has_built_in_page)
        error_pages_->replace_page(response);
    context_.observer.responded(response.status);
}

void Transaction::begin_record(std::string_view request_line, const Moment& moment) {
    if (context_.access_log == nullptr || record_)
        return;
    AccessRecord& record = record_.emplace();
    record.client = client_.peer.host();
    record.request_line = request_line;
    record.time = moment.wall;
}

void Transaction::begin_record(const ArrivedRequest& arrived, std::string_view host,
                               const Moment& moment) {
    record_.reset();
    begin_record(arrived.method, moment);
    AccessRecord& record = *record_;
    record.request_line.append(" ").append(arrived.target).append(" ").append(arrived.version);
    record.host = host;
    record.referer = value_of(arrived.fields, "Referer");
    record.user_agent = value_of(arrived.fields, "User-Agent");
}

} // namespace tern::http
