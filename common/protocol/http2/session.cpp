#include "common/protocol/http2/session.h"

#include "common/protocol/http2/frame_budget.h"

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace tern::http2 {
namespace {

/// Frames that nghttp2 may keep for later before no more input is taken: a peer that reads nothing
/// makes us keep the answers to what it sends.
constexpr std::size_t most_queued = 512;
/// A peer asks by few SETTINGS, and each is work for every stream.
constexpr std::int64_t settings_cost = 10;
/// For each frame of content a peer may well send two WINDOW_UPDATEs, and for each request a
/// PRIORITY_UPDATE too.
constexpr std::int64_t content_earns = 2;
constexpr std::int64_t request_earns = 3;

constexpr std::size_t header_size = 9; // RFC 9113 §4.1
/// Of a frame: with its header it just fills a record of TLS.
constexpr std::size_t most_content = 16'384 - header_size;

/// RFC 9218 §4: a client that does not say how urgent its requests are gets a bit of each.
constexpr nghttp2_extpri in_turn = {NGHTTP2_EXTPRI_DEFAULT_URGENCY, 1};

struct FreeCallbacks {
    void operator()(nghttp2_session_callbacks* callbacks) const noexcept {
        nghttp2_session_callbacks_del(callbacks);
    }
};
struct FreeOption {
    void operator()(nghttp2_option* option) const noexcept { nghttp2_option_del(option); }
};
struct FreeSession {
    void operator()(nghttp2_session* session) const noexcept { nghttp2_session_del(session); }
};
using Callbacks = std::unique_ptr<nghttp2_session_callbacks, FreeCallbacks>;
using Option = std::unique_ptr<nghttp2_option, FreeOption>;

std::string_view view(const std::uint8_t* bytes, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(bytes), size};
}
std::uint8_t* bytes_of(std::string_view text) noexcept { // nghttp2 does not write to it
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
}

/// nghttp2 fails only for lack of memory where it is called as it should be.
void check(int result) {
    if (result == NGHTTP2_ERR_NOMEM)
        throw std::bad_alloc();
    if (result != 0)
        throw std::logic_error(std::string("nghttp2: ") + nghttp2_strerror(result));
}

Option make_option() {
    nghttp2_option* made = nullptr;
    check(nghttp2_option_new(&made));
    Option option(made);
    nghttp2_option_set_no_auto_window_update(made, 1);
    nghttp2_option_set_builtin_recv_extension_type(made, NGHTTP2_PRIORITY_UPDATE);
    // We count these ourselves, to say so by the proper error.
    constexpr std::uint64_t no_limit = 1'000'000'000;
    nghttp2_option_set_stream_reset_rate_limit(made, no_limit, no_limit);
    return option;
}

ErrorCode reason_of(ssize_t result) noexcept {
    switch (result) {
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC:
        return ErrorCode::protocol_error;
    case NGHTTP2_ERR_FLOODED:
        return ErrorCode::enhance_your_calm;
    default: // too many CONTINUATIONs have no name of their own in the header
        return result == NGHTTP2_ERR_NOMEM ? ErrorCode::internal_error
                                           : ErrorCode::enhance_your_calm;
    }
}

} // namespace

class Session::Library {
public:
    Library(const Limits& limits, Application& application)
        : application_(application), collector_(limits),
          idle_frames_(limits.idle_frames_per_second), resets_(limits.resets_per_second) {
        const Callbacks callbacks = make_callbacks();
        const Option option = make_option();
        nghttp2_session* made = nullptr;
        check(nghttp2_session_server_new2(&made, callbacks.get(), this, option.get()));
        session_.reset(made);
        const std::array settings = {
            nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                   limits.concurrent_streams},
            nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window},
            nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                                   static_cast<std::uint32_t>(limits.header_bytes)},
            nghttp2_settings_entry{NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
            nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
        };
        const std::size_t told = settings.size() - (limits.extended_connect ? 0 : 1);
        check(nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), told));
        check(nghttp2_session_set_local_window_size(
            made, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(limits.connection_window)));
    }

    nghttp2_session* get() const noexcept { return session_.get(); }
    bool is_in_head() const noexcept { return in_head_; }
    bool is_terminated() const noexcept { return terminated_; }

    void receive(std::string_view bytes, Clock::time_point now) {
        now_ = now;
        if (terminated_)
            return;
        const ssize_t taken = nghttp2_session_mem_recv(get(), bytes_of(bytes), bytes.size());
        if (taken < 0)
            terminate(reason_of(taken));
    }

    void terminate(ErrorCode reason) {
        if (terminated_)
            return;
        terminated_ = true;
        check(nghttp2_session_terminate_session(get(), static_cast<std::uint32_t>(reason)));
    }

    /// The ping comes back once the peer has read what was sent before it.
    void announce_end() {
        if (terminated_ || announced_)
            return;
        announced_ = true;
        check(nghttp2_submit_shutdown_notice(get()));
        check(nghttp2_submit_ping(get(), NGHTTP2_FLAG_NONE, nullptr));
    }

    void refuse_more() {
        if (terminated_ || refuses_)
            return;
        announced_ = refuses_ = true;
        check(nghttp2_submit_goaway(get(), NGHTTP2_FLAG_NONE,
                                    nghttp2_session_get_last_proc_stream_id(get()),
                                    NGHTTP2_NO_ERROR, nullptr, 0));
    }

    void respond(StreamId id, Stream& stream, http::Status status,
                 std::span<const http::Field> fields, bool has_content) {
        fields_.clear();
        const std::string digits = std::to_string(number(status));
        add({":status", digits});
        for (const http::Field& field : fields)
            add(field);
        nghttp2_data_provider provider = {};
        provider.source.ptr = &stream;
        provider.read_callback = on_read;
        check_stream(nghttp2_submit_response(get(), id, fields_.data(), fields_.size(),
                                             has_content ? &provider : nullptr));
    }

    void proceed(StreamId id) {
        fields_.clear();
        add({":status", "100"});
        check_stream(nghttp2_submit_headers(get(), NGHTTP2_FLAG_NONE, id, nullptr, fields_.data(),
                                            fields_.size(), nullptr));
    }

    /// A stream may be gone, or about to be; that is no mistake of ours.
    static void check_stream(int result) {
        if (nghttp2_is_fatal(result) != 0)
            check(result);
    }

private:
    void add(const http::Field& field) {
        fields_.push_back({bytes_of(field.name), bytes_of(field.value), field.name.size(),
                           field.value.size(), NGHTTP2_NV_FLAG_NONE});
    }

    static Library& self(void* user) noexcept { return *static_cast<Library*>(user); }
    Stream* stream(StreamId id) const noexcept {
        return static_cast<Stream*>(nghttp2_session_get_stream_user_data(get(), id));
    }

    /// What a callback returns when the peer is to be cut off: nothing more of its input is seen.
    int cut_off(ErrorCode reason) {
        terminate(reason);
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    int spend_idle(std::int64_t frames) {
        return idle_frames_.spend(frames, now_) ? 0 : cut_off(ErrorCode::enhance_your_calm);
    }
    int spend_reset() { return resets_.spend(1, now_) ? 0 : cut_off(ErrorCode::enhance_your_calm); }

    int begin_frame(const nghttp2_frame_hd& header) {
        switch (header.type) {
        case NGHTTP2_DATA: // of which the empty ones count, when they are whole
        case NGHTTP2_HEADERS:
        case NGHTTP2_CONTINUATION: // nghttp2 counts these
            return 0;
        case NGHTTP2_RST_STREAM:
            return spend_reset();
        case NGHTTP2_SETTINGS:
            return spend_idle(settings_cost);
        default:
            return spend_idle(1);
        }
    }

    int frame_received(const nghttp2_frame& frame) {
        const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (frame.hd.type == NGHTTP2_HEADERS) {
            in_head_ = false;
            if (frame.headers.cat == NGHTTP2_HCAT_REQUEST)
                request(frame.hd.stream_id, ends);
            else if (ends) // trailers
                end_body(frame.hd.stream_id);
        } else if (frame.hd.type == NGHTTP2_DATA) {
            if (ends)
                end_body(frame.hd.stream_id);
            else if (frame.hd.length <= frame.data.padlen)
                return spend_idle(1);
        } else if (frame.hd.type == NGHTTP2_PING && (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0 &&
                   announced_) {
            refuse_more();
        }
        return 0;
    }

    void request(StreamId id, bool ends) {
        const RequestHead head = collector_.finish(!ends);
        if (!head.has_priority)
            check_stream(nghttp2_session_change_extpri_stream_priority(get(), id, &in_turn, 0));
        Stream* const made = application_.requested(id, head);
        // It may have ended already: nghttp2 closes a stream only when frames are made.
        nghttp2_session_set_stream_user_data(get(), id, made);
    }

    void end_body(StreamId id) {
        if (Stream* const one = stream(id))
            one->body_ended();
    }

    int frame_sent(const nghttp2_frame& frame) {
        if (frame.hd.type == NGHTTP2_DATA)
            idle_frames_.earn(content_earns);
        if (frame.hd.type == NGHTTP2_RST_STREAM)
            return frame.rst_stream.error_code == NGHTTP2_NO_ERROR || terminated_ ? 0
                                                                                  : spend_reset();
        const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
                          (frame.hd.type == NGHTTP2_DATA || frame.hd.type == NGHTTP2_HEADERS);
        if (!ends || nghttp2_session_get_stream_remote_close(get(), frame.hd.stream_id) != 0)
            return 0;
        if (Stream* const one = stream(frame.hd.stream_id))
            one->answered_early();
        return 0;
    }

    int stream_closed(StreamId id, std::uint32_t reason) {
        if (reason == NGHTTP2_NO_ERROR)
            idle_frames_.earn(request_earns);
        Stream* const one = stream(id);
        if (one != nullptr) {
            nghttp2_session_set_stream_user_data(get(), id, nullptr);
            one->closed(static_cast<ErrorCode>(reason));
        }
        return 0;
    }

    static Callbacks make_callbacks() {
        nghttp2_session_callbacks* made = nullptr;
        check(nghttp2_session_callbacks_new(&made));
        Callbacks callbacks(made);
        nghttp2_session_callbacks_set_on_begin_frame_callback(made, on_begin_frame);
        nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(made, on_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame_recv);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data_chunk_recv);
        nghttp2_session_callbacks_set_on_frame_send_callback(made, on_frame_send);
        nghttp2_session_callbacks_set_on_stream_close_callback(made, on_stream_close);
        nghttp2_session_callbacks_set_send_data_callback(made, on_send_data);
        nghttp2_session_callbacks_set_data_source_read_length_callback(made, on_read_length);
        return callbacks;
    }

    static int on_begin_frame(nghttp2_session*, const nghttp2_frame_hd* header, void* user) {
        return self(user).begin_frame(*header);
    }
    static int on_begin_headers(nghttp2_session*, const nghttp2_frame*, void* user) {
        self(user).in_head_ = true;
        self(user).collector_.begin();
        return 0;
    }
    static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name,
                         std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                         std::uint8_t, void* user) {
        if (self(user).collector_.add(view(name, name_size), view(value, value_size)))
            return 0;
        return self(user).cut_off(ErrorCode::enhance_your_calm);
    }
    static int on_frame_recv(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return self(user).frame_received(*frame);
    }
    static int on_data_chunk_recv(nghttp2_session* session, std::uint8_t, StreamId id,
                                  const std::uint8_t* bytes, std::size_t size, void* user) {
        // One stream whose content nobody takes does not hold up the others.
        check_stream(nghttp2_session_consume_connection(session, size));
        if (Stream* const one = self(user).stream(id))
            one->body(view(bytes, size));
        return 0;
    }
    static int on_frame_send(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return self(user).frame_sent(*frame);
    }
    static int on_stream_close(nghttp2_session*, StreamId id, std::uint32_t reason, void* user) {
        return self(user).stream_closed(id, reason);
    }
    static ssize_t on_read_length(nghttp2_session*, std::uint8_t, StreamId, std::int32_t,
                                  std::int32_t, std::uint32_t, void*) {
        return most_content; // or what the windows and the peer's largest frame leave of it
    }
    static ssize_t on_read(nghttp2_session*, StreamId, std::uint8_t*, std::size_t most,
                           std::uint32_t* flags, nghttp2_data_source* source, void*) {
        const Stream::Available available = static_cast<Stream*>(source->ptr)->available(most);
        if (available.bytes == 0 && !available.is_last)
            return NGHTTP2_ERR_DEFERRED;
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (available.is_last)
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(available.bytes);
    }
    static int on_send_data(nghttp2_session*, nghttp2_frame*, const std::uint8_t* header,
                            std::size_t size, nghttp2_data_source* source, void*) {
        switch (static_cast<Stream*>(source->ptr)->send(view(header, header_size), size)) {
        case Stream::Sent::yes:
            return 0;
        case Stream::Sent::not_now:
            return NGHTTP2_ERR_WOULDBLOCK;
        case Stream::Sent::failed:
            break;
        }
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    Application& application_;
    HeadCollector collector_;
    FrameBudget idle_frames_;
    FrameBudget resets_;
    std::vector<nghttp2_nv> fields_;
    Clock::time_point now_;
    bool in_head_ = false;
    bool announced_ = false;
    bool refuses_ = false;
    bool terminated_ = false;
    std::unique_ptr<nghttp2_session, FreeSession> session_;
};

Session::Session(const Limits& limits, Application& application)
    : library_(std::make_unique<Library>(limits, application)) {}

Session::~Session() = default;

bool Session::upgrade(std::string_view settings, bool is_head) {
    return nghttp2_session_upgrade2(library_->get(), bytes_of(settings), settings.size(),
                                    is_head ? 1 : 0, nullptr) == 0;
}

void Session::adopt(StreamId id, Stream& stream) {
    nghttp2_session_set_stream_user_data(library_->get(), id, &stream);
}

void Session::receive(std::string_view bytes, Clock::time_point now) {
    library_->receive(bytes, now);
}

std::string_view Session::frames() {
    const std::uint8_t* bytes = nullptr;
    ssize_t size = nghttp2_session_mem_send(library_->get(), &bytes);
    if (size < 0) { // a callback has cut the peer off: what tells it so comes now
        library_->terminate(ErrorCode::internal_error);
        size = nghttp2_session_mem_send(library_->get(), &bytes);
        check(static_cast<int>(std::min<ssize_t>(size, 0)));
    }
    return view(bytes, static_cast<std::size_t>(size));
}

bool Session::is_stuffed() const noexcept {
    return nghttp2_session_get_outbound_queue_size(library_->get()) > most_queued;
}

bool Session::has_frames() const noexcept {
    return nghttp2_session_want_write(library_->get()) != 0;
}

bool Session::is_over() const noexcept {
    return nghttp2_session_want_read(library_->get()) == 0 && !has_frames();
}

bool Session::is_terminated() const noexcept { return library_->is_terminated(); }

bool Session::is_in_head() const noexcept { return library_->is_in_head(); }

void Session::respond(StreamId id, Stream& stream, http::Status status,
                      std::span<const http::Field> fields, bool has_content) {
    library_->respond(id, stream, status, fields, has_content);
}

void Session::proceed(StreamId id) { library_->proceed(id); }

void Session::resume(StreamId id) {
    Library::check_stream(nghttp2_session_resume_data(library_->get(), id));
}

void Session::consumed(StreamId id, std::size_t bytes) {
    Library::check_stream(nghttp2_session_consume_stream(library_->get(), id, bytes));
}

void Session::reset(StreamId id, ErrorCode reason) {
    Library::check_stream(nghttp2_submit_rst_stream(library_->get(), NGHTTP2_FLAG_NONE, id,
                                                    static_cast<std::uint32_t>(reason)));
}

void Session::announce_end() { library_->announce_end(); }

void Session::refuse_more() { library_->refuse_more(); }

void Session::terminate(ErrorCode reason) { library_->terminate(reason); }

} // namespace tern::http2
