#include "common/protocol/http1/request_parser.h"

#include "common/protocol/http/target.h"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <limits>

namespace tern::http1 {
namespace {

namespace beast = boost::beast;
using http::Status;

std::string_view to_view(beast::string_view text) noexcept { return {text.data(), text.size()}; }

/// Receives what Beast has parsed, and enforces what Beast leaves to its user.
class HeadReader final : public beast::http::basic_parser<true> {
public:
    HeadReader(RequestHead& head, FieldList& fields) noexcept : head_(head), list_(fields) {
        header_limit(std::numeric_limits<std::uint32_t>::max()); // HeadScanner's business
        body_limit(boost::none);
    }

    /// A head that HeadScanner has passed. False: fault() says why.
    bool read(std::string_view text) {
        beast::error_code error;
        const std::size_t used = put({text.data(), text.size()}, error);
        if (error) {
            if (fault_.reason.empty())
                fault_.reason = describe(error);
            return false;
        }
        return used == text.size() && is_header_done() && conclude();
    }
    const Fault& fault() const noexcept { return fault_; }

private:
    using Error = beast::error_code;
    using Name = beast::http::field;

    static std::string_view describe(const Error& failure) noexcept {
        using beast::http::error;
        if (failure == error::bad_method)
            return "the method is not a token";
        if (failure == error::bad_target)
            return "the request target has invalid characters";
        if (failure == error::bad_field)
            return "a header line has no valid name";
        return "a header field has an invalid value";
    }

    void reject(Error& error, Status status, std::string_view reason) noexcept {
        fault_ = {status, reason};
        error = beast::http::error::bad_value;
    }
    bool reject(Status status, std::string_view reason) noexcept {
        fault_ = {status, reason};
        return false;
    }

    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                         int version, Error&) override {
        head_.method = to_view(method);
        head_.target = to_view(target);
        head_.minor_version = version == 11 ? 1 : 0;
    }

    void on_field_impl(Name name, beast::string_view text, beast::string_view value,
                       Error& error) override {
        const http::Field field{to_view(text), to_view(value)};
        list_.add(field);
        switch (name) {
        case Name::host:
            return on_host(field.value, error);
        case Name::connection:
            return on_connection(field.value);
        case Name::content_length:
            return on_content_length(field.value, error);
        case Name::transfer_encoding:
            return on_transfer_encoding(field.value, error);
        case Name::expect:
            return on_expect(field.value);
        case Name::upgrade:
            head_.upgrade = field.value;
            return;
        default:
            return;
        }
    }

    void on_host(std::string_view value, Error& error) {
        // RFC 9112 §3.2: more than one Host, or an invalid one, is 400.
        if (has_host_)
            return reject(error, Status::bad_request, "more than one Host");
        if (!http::is_valid_authority(value))
            return reject(error, Status::bad_request, "an invalid Host");
        has_host_ = true;
        head_.host = value;
    }

    void on_connection(std::string_view list) {
        for (std::string_view option; http::next_element(list, option);) {
            closes_ = closes_ || http::equal_ignoring_case(option, "close");
            keeps_alive_ = keeps_alive_ || http::equal_ignoring_case(option, "keep-alive");
        }
    }

    void on_content_length(std::string_view value, Error& error) {
        // RFC 9112 §6.3 allows to take repeated equal lengths for one; RFC 9110 §8.6 allows to
        // reject them, and then nobody in front of us can have read another one.
        if (has_length_)
            return reject(error, Status::bad_request, "more than one Content-Length");
        has_length_ = true;
        constexpr std::size_t enough_digits = 19; // cannot overflow
        if (value.empty() || value.size() > enough_digits ||
            !std::all_of(value.begin(), value.end(), http::is_digit))
            return reject(error, Status::bad_request, "an invalid Content-Length");
        head_.content_length = 0;
        for (const char digit : value)
            head_.content_length =
                head_.content_length * 10 + static_cast<std::uint64_t>(digit - '0');
    }

    void on_transfer_encoding(std::string_view list, Error& error) {
        has_coding_ = true;
        for (std::string_view coding; http::next_element(list, coding);) {
            const bool is_chunked = http::equal_ignoring_case(coding, "chunked");
            // RFC 9112 §7.1: chunked is applied once, and last.
            if (chunked_)
                return reject(error, Status::bad_request, "a transfer coding after chunked");
            chunked_ = is_chunked;
            other_coding_ = other_coding_ || !is_chunked;
        }
    }

    void on_expect(std::string_view value) {
        if (!http::equal_ignoring_case(value, "100-continue"))
            head_.expectation = Expectation::unknown;
        else if (head_.expectation == Expectation::none)
            head_.expectation = Expectation::proceed;
    }

    /// The rules that need the whole head.
    bool conclude() {
        const bool old = head_.minor_version == 0;
        if (!has_host_ && !old) // RFC 9112 §3.2
            return reject(Status::bad_request, "no Host");
        if (has_coding_) {
            // RFC 9112 §6.1: the framing of such an HTTP/1.0 message is faulty.
            if (old)
                return reject(Status::bad_request, "a Transfer-Encoding in HTTP/1.0");
            // RFC 9112 §6.3: may be an attempt at request smuggling.
            if (has_length_)
                return reject(Status::bad_request, "Transfer-Encoding and Content-Length");
            if (!chunked_) // RFC 9112 §6.3: the length cannot be determined
                return reject(Status::bad_request, "a Transfer-Encoding that does not end chunked");
            if (other_coding_) // RFC 9112 §6.1
                return reject(Status::not_implemented, "a transfer coding other than chunked");
        }
        head_.framing = chunked_ ? Framing::chunked : has_length_ ? Framing::sized : Framing::none;
        head_.persistent = !closes_ && (!old || keeps_alive_); // RFC 9112 §9.3
        if (old)                                               // RFC 9110 §10.1.1
            head_.expectation = Expectation::none;
        head_.fields = list_.fields();
        return true;
    }

    // Beast calls these for responses, and for bodies, which it never gets to see.
    void on_response_impl(int, beast::string_view, int, Error&) override {}
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(beast::string_view, Error&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, Error&) override { return 0; }
    void on_finish_impl(Error&) override {}

    RequestHead& head_;
    FieldList& list_;
    Fault fault_;
    bool has_host_ = false;
    bool has_length_ = false;
    bool has_coding_ = false;
    bool chunked_ = false;
    bool other_coding_ = false;
    bool closes_ = false;
    bool keeps_alive_ = false;
};

} // namespace

void FieldList::add(http::Field field) {
    if (size_ < few_.size()) {
        few_[size_++] = field;
        return;
    }
    if (size_ == few_.size())
        many_.assign(few_.begin(), few_.end());
    many_.push_back(field);
    ++size_;
}

RequestParser::Outcome RequestParser::parse(std::string_view received) {
    const Outcome outcome = scanner_.scan(received);
    if (outcome == Outcome::bad)
        fault_ = scanner_.fault();
    if (outcome != Outcome::complete)
        return outcome;

    head_ = {};
    fields_.clear();
    HeadReader reader(head_, fields_);
    const std::size_t begin = scanner_.begin();
    if (!reader.read(received.substr(begin, scanner_.end() - begin))) {
        fault_ = reader.fault();
        return Outcome::bad;
    }
    if (head_.target.size() > limits_->target_bytes) {
        fault_ = {Status::uri_too_long, "the request target is too long"};
        return Outcome::bad;
    }
    head_.size = scanner_.end();
    return Outcome::complete;
}

} // namespace tern::http1
