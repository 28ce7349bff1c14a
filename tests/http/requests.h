#pragma once
// Requests for handlers, without a wire.

#include "servers/http/request.h"
#include "servers/http/response.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tern::test {

/// The moment of tests that do not care which.
inline const http::Moment some_moment = {Clock::time_point(std::chrono::hours(1)), 4'000'000'000};

/// Everything that a Request refers to, and the Request.
class TestRequest {
public:
    explicit TestRequest(std::string path, http::Method method = http::Method::get)
        : path_(std::move(path)), method_(method) {}

    TestRequest& field(std::string_view name, std::string_view value) {
        fields_.push_back({name, value}); // literals
        return *this;
    }
    TestRequest& query(std::string_view text) { return query_ = text, *this; }
    TestRequest& host(std::string_view text) { return host_ = text, *this; }
    TestRequest& at(const http::Moment& moment) { return moment_ = moment, *this; }

    TestRequest& from(std::string_view address) {
        client_.peer = net::Address::parse(address, 1).value();
        return *this;
    }

    operator http::Request() const {
        return {method_, "", path_, query_, host_, fields_, client_, moment_};
    }

private:
    std::string path_;
    http::Method method_;
    std::string_view query_;
    std::string_view host_;
    std::vector<http::Field> fields_;
    net::Endpoints client_;
    http::Moment moment_ = some_moment;
};

/// The value of a response's field; "" if there is none.
inline std::string value_of(const http::Response& response, std::string_view name) {
    std::string_view texts[] = {response.fields.text(), {}};
    if (response.prepared != nullptr)
        texts[1] = response.prepared->text();
    for (std::string_view text : texts) {
        for (http::Field field; http::FieldLines::next(text, field);) {
            if (http::equal_ignoring_case(field.name, name))
                return std::string(field.value);
        }
    }
    return "";
}

inline unsigned status_of(const http::Response& response) { return number(response.status); }

} // namespace tern::test
