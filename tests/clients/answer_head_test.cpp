#include "clients/http/answer_head.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace tern::http_client {
namespace {

AnswerHead head_of(std::initializer_list<const char*> lines) {
    AnswerHead head;
    for (const char* const line : lines)
        head.take(line);
    return head;
}

TEST_CASE("fields are found whatever the case of their names") {
    const AnswerHead head =
        head_of({"HTTP/1.1 404 Not Found\r\n", "Content-Type:  text/plain \r\n", "\r\n"});
    CHECK(head.status() == 404);
    CHECK(head.field("content-type") == "text/plain");
    CHECK(head.field("Content") == "");
}

TEST_CASE("of several heads the last one counts") {
    const AnswerHead head = head_of(
        {"HTTP/1.1 100 Continue\r\n", "A: 1\r\n", "\r\n", "HTTP/2 201 \r\n", "B: 2\r\n", "\r\n"});
    CHECK(head.status() == 201);
    CHECK(head.field("A") == "");
    CHECK(head.field("B") == "2");
}

TEST_CASE("a head cannot control the terminal") {
    const AnswerHead head = head_of({"HTTP/1.1 200 \x1b[2J\r\n", "Evil: \x9b"
                                                                 "31m\r\n"});
    CHECK(head.view(terminal::Paint(false)) == "HTTP/1.1 200 \\x1b[2J\nEvil: \\x9b31m\n\n");
}

TEST_CASE("JSON is told by its media type") {
    CHECK(head_of({"HTTP/1.1 200\r\n", "Content-Type: Application/JSON; charset=utf-8"}).is_json());
    CHECK(head_of({"HTTP/1.1 200\r\n", "Content-Type: application/problem+json"}).is_json());
    CHECK_FALSE(head_of({"HTTP/1.1 200\r\n", "Content-Type: text/html"}).is_json());
    CHECK_FALSE(head_of({"HTTP/1.1 200\r\n"}).is_json());
}

TEST_CASE("a content range tells where it begins, and how long the whole is") {
    CHECK(first_byte_of("bytes 100-199/1000") == 100);
    CHECK(whole_size_of("bytes 100-199/1000") == 1000);
    CHECK(whole_size_of("bytes */1000") == 1000);
    CHECK(first_byte_of("bytes */1000") == std::nullopt);
    CHECK(whole_size_of("bytes 0-1/*") == std::nullopt);
    for (const char* const text : {"", "bytes", "bytes x-1/2", "lines 1-2/3", "bytes -1-2/3"})
        CHECK(first_byte_of(text) == std::nullopt);
}

} // namespace
} // namespace tern::http_client
