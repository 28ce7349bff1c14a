#include "tests/harness/http2_client.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cctype>
#include <cstring>

namespace tern::test {
namespace {

std::string view(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

std::string lower(std::string_view text) {
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return copy;
}

using Lines = std::vector<std::pair<std::string, std::string>>;

/// Of lines with CR LF.
Lines parse(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = text.find("\r\n");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 2);
        const std::size_t colon = line.find(':');
        std::size_t begin = line.find_first_not_of(" \t", colon + 1);
        if (begin == std::string_view::npos)
            begin = line.size();
        const std::size_t last = line.find_last_not_of(" \t") + 1;
        std::string name = lower(line.substr(0, colon));
        if (name != "connection" && name != "transfer-encoding")
            lines.emplace_back(std::move(name), line.substr(begin, std::max(last, begin) - begin));
    }
    return lines;
}

std::vector<nghttp2_nv> native(const Lines& lines) {
    std::vector<nghttp2_nv> fields;
    for (const auto& [name, value] : lines)
        fields.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())),
                          name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    return fields;
}

void check(ssize_t result) {
    if (result < 0)
        throw BadResponse(std::string("nghttp2: ") + nghttp2_strerror(static_cast<int>(result)));
}

} // namespace

struct Http2Client::Callbacks {
    static Http2Client& self(void* user) { return *static_cast<Http2Client*>(user); }

    static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                         std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                         std::uint8_t, void* user) {
        HttpResponse& response = self(user).exchanges_[frame->hd.stream_id].response;
        const std::string text = view(value, value_size);
        if (view(name, name_size) != ":status") {
            response.fields.emplace_back(view(name, name_size), text);
            return 0;
        }
        response.version = "HTTP/2";
        response.status = std::stoi(text);
        if (response.status < 200)
            self(user).interim_.push_back(response.status);
        return 0;
    }
    static int on_data(nghttp2_session*, std::uint8_t, StreamId id, const std::uint8_t* bytes,
                       std::size_t size, void* user) {
        self(user).exchanges_[id].response.body += view(bytes, size);
        self(user).pieces_.push_back(id);
        return 0;
    }
    static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type == NGHTTP2_GOAWAY)
            self(user).goaway_error_ = frame->goaway.error_code;
        if (frame->hd.type == NGHTTP2_RST_STREAM)
            self(user).exchanges_[frame->hd.stream_id].reset_error = frame->rst_stream.error_code;
        const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (ends && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
            self(user).exchanges_[frame->hd.stream_id].is_complete = true;
        return 0;
    }
    static ssize_t on_read(nghttp2_session* session, StreamId id, std::uint8_t* into,
                           std::size_t most, std::uint32_t* flags, nghttp2_data_source*,
                           void* user) {
        Exchange& exchange = self(user).exchanges_[id];
        const std::size_t part = std::min(most, exchange.body.size() - exchange.sent);
        std::memcpy(into, exchange.body.data() + exchange.sent, part);
        exchange.sent += part;
        if (exchange.is_open && part == 0)
            return NGHTTP2_ERR_DEFERRED;
        if (exchange.is_open || exchange.sent < exchange.body.size())
            return static_cast<ssize_t>(part);
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!exchange.trailers.empty()) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            const Lines lines = parse(exchange.trailers);
            const std::vector<nghttp2_nv> fields = native(lines);
            check(nghttp2_submit_trailer(session, id, fields.data(), fields.size()));
        }
        return static_cast<ssize_t>(part);
    }
};

Http2Client::Http2Client() : session_(nullptr, nghttp2_session_del) {
    nghttp2_session_callbacks* callbacks = nullptr;
    check(nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::on_frame);
    nghttp2_session* made = nullptr;
    const int result = nghttp2_session_client_new(&made, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    check(result);
    session_.reset(made);
    check(nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, nullptr, 0));
}

Http2Client::~Http2Client() = default;

Http2Client::StreamId Http2Client::request(std::string_view method, std::string_view target,
                                           std::string_view fields, const std::string* body,
                                           std::string_view trailers) {
    const StreamId id = submit({{":authority", "localhost"},
                                {":method", std::string(method)},
                                {":scheme", "http"},
                                {":path", std::string(target)}},
                               fields, body != nullptr);
    Exchange& exchange = exchanges_[id];
    exchange.trailers = trailers;
    if (body != nullptr)
        exchange.body = *body;
    return id;
}

Http2Client::StreamId Http2Client::connect(std::string_view protocol, std::string_view target,
                                           std::string_view fields) {
    const StreamId id = submit({{":authority", "localhost"},
                                {":method", "CONNECT"},
                                {":protocol", std::string(protocol)},
                                {":scheme", "http"},
                                {":path", std::string(target)}},
                               fields, true);
    exchanges_[id].is_open = true;
    return id;
}

void Http2Client::send(StreamId id, std::string_view bytes) {
    exchanges_.at(id).body += bytes;
    nghttp2_session_resume_data(session_.get(), id);
}

void Http2Client::end(StreamId id) {
    exchanges_.at(id).is_open = false;
    nghttp2_session_resume_data(session_.get(), id);
}

bool Http2Client::may_connect() const {
    return nghttp2_session_get_remote_settings(session_.get(),
                                               NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1;
}

/// The first of `pseudo` is :authority, which a Host replaces.
Http2Client::StreamId Http2Client::submit(Lines lines, std::string_view fields, bool has_body) {
    for (auto& line : parse(fields)) {
        if (line.first == "host")
            lines[0].second = line.second;
        else
            lines.push_back(std::move(line));
    }
    nghttp2_data_provider provider = {};
    provider.read_callback = Callbacks::on_read;
    const std::vector<nghttp2_nv> native_fields = native(lines);
    const StreamId id =
        nghttp2_submit_request(session_.get(), nullptr, native_fields.data(), native_fields.size(),
                               has_body ? &provider : nullptr, nullptr);
    check(id);
    exchanges_[id];
    return id;
}

void Http2Client::cancel(StreamId id) {
    check(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL));
}

std::string Http2Client::output() {
    std::string all;
    const std::uint8_t* bytes = nullptr;
    for (ssize_t size; (size = nghttp2_session_mem_send(session_.get(), &bytes)) != 0;) {
        check(size);
        all += view(bytes, static_cast<std::size_t>(size));
    }
    return all;
}

void Http2Client::input(std::string_view bytes) {
    check(nghttp2_session_mem_recv(
        session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

bool Http2Client::is_complete(StreamId id) const { return exchanges_.at(id).is_complete; }

const HttpResponse& Http2Client::response(StreamId id) const {
    const Exchange& exchange = exchanges_.at(id);
    if (!exchange.is_complete)
        throw BadResponse("the answer is not complete");
    return exchange.response;
}

long Http2Client::reset_error(StreamId id) const { return exchanges_.at(id).reset_error; }

} // namespace tern::test
