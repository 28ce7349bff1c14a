#include "servers/http/route_handler.h"

#include <algorithm>
#include <utility>

namespace tern::http {
namespace {

/// Adds fields to the answer of another sink.
class SinkWithFields final : public BodySink {
public:
    SinkWithFields(std::unique_ptr<BodySink> sink, FieldLines fields)
        : sink_(std::move(sink)), fields_(std::move(fields)) {}

    std::optional<StreamHead> begin() override {
        std::optional<StreamHead> head = sink_->begin();
        if (head)
            head->fields.add(fields_);
        return head;
    }
    bool consume(std::string_view piece) override { return sink_->consume(piece); }
    std::string_view produce() override { return sink_->produce(); }
    Response finish() override {
        Response response = sink_->finish();
        response.fields.add(fields_);
        return response;
    }

private:
    const std::unique_ptr<BodySink> sink_;
    const FieldLines fields_;
};

Methods with_head(Methods methods) {
    if (methods.contains(Method::get))
        methods.add(Method::head);
    return methods;
}

} // namespace

bool needs_route_handler(const RouteSettings& settings) noexcept {
    return settings.body_bytes || !settings.fields.empty() || settings.cors ||
           settings.authentication || settings.rate;
}

RouteHandler::RouteHandler(const RouteSettings& settings, std::shared_ptr<Handler> handler,
                           std::unique_ptr<RequestRate> rate)
    : handler_(std::move(handler)), methods_(with_head(settings.methods)), fields_(settings.fields),
      cors_(settings.cors), rate_(std::move(rate)),
      authenticator_(settings.authentication
                         ? std::make_unique<Authenticator>(*settings.authentication)
                         : nullptr),
      largest_body_(settings.body_bytes) {}

FieldLines RouteHandler::fields_for(const Request& request) const {
    FieldLines fields = fields_;
    if (cors_)
        add_cors(fields, *cors_, request);
    return fields;
}

/// Nothing: this client may.
std::optional<Response> RouteHandler::ask_for_password(const Request& request) const {
    constexpr std::string_view name = "Authorization";
    const auto is_it = [&](const Field& field) { return equal_ignoring_case(field.name, name); };
    Authenticator::Verdict verdict = Authenticator::Verdict::refused;
    // Two would be one too many to be sure about.
    if (std::count_if(request.fields.begin(), request.fields.end(), is_it) == 1)
        verdict = authenticator_->check(find(request.fields, name)->value, request.moment.steady);
    if (verdict == Authenticator::Verdict::granted)
        return std::nullopt;
    const bool is_busy = verdict == Authenticator::Verdict::busy;
    Response response = error_response(is_busy ? Status::unavailable : Status::unauthorized);
    if (is_busy)
        response.fields.add("Retry-After", "1");
    else // RFC 9110 §11.6.1
        response.fields.add("WWW-Authenticate", authenticator_->challenge());
    return response;
}

/// The rate comes first: it holds for passwords, too.
std::optional<Response> RouteHandler::refuse(const Request& request) {
    std::optional<Response> refusal;
    if (rate_ != nullptr)
        refusal = rate_->refuse(request);
    if (!refusal && authenticator_ != nullptr)
        refusal = ask_for_password(request);
    if (refusal)
        refusal->fields.add(fields_for(request));
    return refusal;
}

Response RouteHandler::respond(const Request& request) {
    Response response = handler_->respond(request);
    response.fields.add(fields_for(request));
    return response;
}

std::unique_ptr<BodySink> RouteHandler::receive(const Request& request) {
    std::unique_ptr<BodySink> sink = handler_->receive(request);
    if (sink == nullptr)
        return nullptr;
    return std::make_unique<SinkWithFields>(std::move(sink), fields_for(request));
}

ChangedOver RouteHandler::change_over(const Request& request) {
    ChangedOver changed = handler_->change_over(request);
    if (changed.refusal)
        changed.refusal->fields.add(fields_for(request));
    else if (changed.tunnel != nullptr)
        changed.head.fields.add(fields_for(request));
    return changed;
}

std::optional<std::uint64_t> RouteHandler::largest_body() const {
    return largest_body_ ? largest_body_ : handler_->largest_body();
}

void RouteHandler::preflight(const Request& request, Response& response) const {
    if (cors_)
        add_preflight(response.fields, *cors_, methods_, request);
}

} // namespace tern::http
