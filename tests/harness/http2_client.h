#pragma once
// A client of HTTP/2 by nghttp2, without a wire: the test moves the bytes.

#include "tests/harness/http_client.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct nghttp2_session;

namespace tern::test {

class Http2Client {
public:
    using StreamId = std::int32_t;

    Http2Client();
    ~Http2Client();
    Http2Client(const Http2Client&) = delete;
    Http2Client& operator=(const Http2Client&) = delete;

    /// `fields` are whole lines with CR LF, as in HTTP/1.1; those of one hop are left out. With
    /// `body`, that is sent; `trailers` after it.
    StreamId request(std::string_view method, std::string_view target, std::string_view fields = "",
                     const std::string* body = nullptr, std::string_view trailers = "");
    void cancel(StreamId id);

    /// An extended CONNECT (RFC 8441), and bytes for what it leads to. Nothing checks first whether
    /// the server has said that it knows it.
    StreamId connect(std::string_view protocol, std::string_view target,
                     std::string_view fields = "");
    void send(StreamId id, std::string_view bytes);
    void end(StreamId id);
    bool may_connect() const;
    /// What there is of an answer that may not be complete.
    const HttpResponse& begun(StreamId id) const { return exchanges_.at(id).response; }

    /// What is to be sent, and what has come. Throws BadResponse for what is no HTTP/2.
    std::string output();
    void input(std::string_view bytes);

    bool is_complete(StreamId id) const;
    /// Throws BadResponse if the stream was reset.
    const HttpResponse& response(StreamId id) const;
    /// By which the server has reset the stream, or ended the connection; -1: it has not.
    long reset_error(StreamId id) const;
    long goaway_error() const noexcept { return goaway_error_; }
    /// Streams in the order in which pieces of their answers came.
    const std::vector<StreamId>& pieces() const noexcept { return pieces_; }
    /// Interim answers.
    const std::vector<int>& interim() const noexcept { return interim_; }

private:
    struct Exchange {
        std::string body;
        std::size_t sent = 0;
        bool is_open = false; ///< more of the body may come
        std::string trailers;
        HttpResponse response;
        bool is_complete = false;
        long reset_error = -1;
    };
    struct Callbacks;
    StreamId submit(std::vector<std::pair<std::string, std::string>> lines, std::string_view fields,
                    bool has_body);

    std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_;
    std::map<StreamId, Exchange> exchanges_;
    std::vector<StreamId> pieces_;
    std::vector<int> interim_;
    long goaway_error_ = -1;
};

} // namespace tern::test
