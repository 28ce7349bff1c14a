#include "tests/simulation/http_site.h"

#include "servers/http/files_handler.h"

#include <stdexcept>

namespace tern::test {
namespace {

using namespace tern::http;

class Hello final : public Handler {
public:
    Response respond(const Request&) override {
        return text_response(Status::ok, "text/plain", "hello");
    }
};

class Large final : public Handler {
public:
    Response respond(const Request&) override {
        return text_response(Status::ok, "text/plain", HttpSite::large());
    }
};

class Bug final : public Handler {
public:
    Response respond(const Request&) override { throw std::runtime_error("a bug"); }
};

class Echo final : public Handler {
public:
    Response respond(const Request&) override {
        return text_response(Status::ok, "text/plain", "");
    }
    std::unique_ptr<BodySink> receive(const Request&) override { return std::make_unique<Sink>(); }

private:
    class Sink final : public BodySink {
    public:
        bool consume(std::string_view piece) override {
            body_ += piece;
            return true;
        }
        Response finish() override { return text_response(Status::ok, "text/plain", body_); }

    private:
        std::string body_;
    };
};

/// This service has no hub.
class NoHub final : public Runner {
public:
    Member enter(Mailbox&) override { throw std::logic_error("no hub"); }
    void tell(Member, std::string_view) override {}
    void leave(Member) noexcept override {}
    void deliver_post() override {}
};

LogSettings silence() {
    LogSettings settings;
    settings.level = LogLevel::off;
    return settings;
}

} // namespace

std::string HttpSite::stored() { return "kept in memory\n"; }

std::string HttpSite::file() {
    std::string text;
    for (int line = 0; line < 30; ++line)
        text += "line " + std::to_string(line) + " of a file\n";
    return text;
}

HttpSite::HttpSite() : log_(silence()), runner_(std::make_unique<NoHub>()) {
    write_file(folder_ / "stored", stored());
    write_file(folder_ / "file", file());
    SiteSettings site;
    site.root = folder_.path();
    CacheSettings cache;
    cache.file_bytes = 100;
    Router router;
    router.add("/hello", {Method::get}, std::make_shared<Hello>());
    router.add("/large", {Method::get}, std::make_shared<Large>());
    router.add("/bug", {Method::get}, std::make_shared<Bug>());
    router.add("/echo", {Method::post}, std::make_shared<Echo>());
    router.add("/*", {Method::get},
               std::make_shared<FilesHandler>(std::vector{site}, MimeTypes(), cache));
    ExchangeSettings settings;
    settings.header_timeout = header_timeout;
    service_ =
        std::make_unique<HttpService>(settings, ConversationSettings{.idle_timeout = idle_timeout},
                                      std::move(router), nullptr, metrics_, log_);
}

HttpSite::~HttpSite() = default;

} // namespace tern::test
