#include "common/protocol/websocket/stream.h"

#include "common/protocol/chat/text.h"
#include "common/protocol/websocket/deflate.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <new>
#include <utility>

namespace tern::websocket {
namespace {

bool is_utf8(std::string_view text) noexcept {
    return chat::fault_of(text) != chat::TextFault::not_utf8;
}

constexpr auto no_code = static_cast<CloseCode>(1005); // RFC 6455 §7.4.1
constexpr std::size_t longest_control = 125;           // RFC 6455 §5.5
constexpr std::size_t longest_reason = longest_control - 2;

} // namespace

class Stream::State {
public:
    explicit State(const StreamSettings& settings);
    ~State() { wslay_event_context_free(context_); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void receive(std::string_view bytes);
    void fail(CloseCode why, std::string_view reason);
    void queue(Opcode opcode, std::string_view payload);
    void queue_close(CloseCode why, std::string_view reason);
    void send();

    std::deque<ReceivedMessage> messages;
    std::string output;
    CloseCode code = CloseCode::none;
    bool has_ended = false, has_closed = false;

private:
    void correct_close(std::size_t said, CloseCode why);
    void take_frame(const wslay_event_on_frame_recv_start_arg& frame);
    void take_message(const wslay_event_on_msg_recv_arg& message);
    void take_data(bool is_text, bool is_compressed, std::string_view payload);

    static State& of(void* user) noexcept { return *static_cast<State*>(user); }
    static ssize_t read(wslay_event_context_ptr context, std::uint8_t* into, std::size_t size,
                        int flags, void* user);
    static ssize_t write(wslay_event_context_ptr context, const std::uint8_t* bytes,
                         std::size_t size, int flags, void* user);
    static int make_mask(wslay_event_context_ptr context, std::uint8_t* into, std::size_t size,
                         void* user);

    const StreamSettings settings_;
    wslay_event_context_ptr context_ = nullptr;
    std::string_view input_;
};

Stream::State::State(const StreamSettings& settings) : settings_(settings) {
    wslay_event_callbacks callbacks = {};
    callbacks.recv_callback = read;
    callbacks.send_callback = write;
    callbacks.genmask_callback = make_mask;
    callbacks.on_frame_recv_start_callback = [](wslay_event_context_ptr,
                                                const wslay_event_on_frame_recv_start_arg* frame,
                                                void* user) { of(user).take_frame(*frame); };
    callbacks.on_msg_recv_callback = [](wslay_event_context_ptr,
                                        const wslay_event_on_msg_recv_arg* message,
                                        void* user) { of(user).take_message(*message); };
    const auto make = settings.role == StreamSettings::Role::server
                          ? wslay_event_context_server_init
                          : wslay_event_context_client_init;
    if (make(&context_, &callbacks, this) != 0)
        throw std::bad_alloc();
    wslay_event_config_set_max_recv_msg_length(context_, settings.longest_message);
    if (settings.deflate)
        wslay_event_config_set_allowed_rsv_bits(context_, WSLAY_RSV1_BIT);
}

ssize_t Stream::State::read(wslay_event_context_ptr context, std::uint8_t* into, std::size_t size,
                            int /*flags*/, void* user) {
    State& self = of(user);
    if (self.input_.empty()) {
        wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    const std::size_t bytes = std::min(size, self.input_.size());
    std::memcpy(into, self.input_.data(), bytes);
    self.input_.remove_prefix(bytes);
    return static_cast<ssize_t>(bytes);
}

ssize_t Stream::State::write(wslay_event_context_ptr /*context*/, const std::uint8_t* bytes,
                             std::size_t size, int /*flags*/, void* user) {
    of(user).output.append(reinterpret_cast<const char*>(bytes), size);
    return static_cast<ssize_t>(size);
}

/// Only our own clients mask here, and only control frames; no cache between us is to be fooled.
int Stream::State::make_mask(wslay_event_context_ptr /*context*/, std::uint8_t* into,
                             std::size_t size, void* /*user*/) {
    std::memset(into, 0x5A, size);
    return 0;
}

void Stream::State::receive(std::string_view bytes) {
    if (has_ended)
        return;
    input_ = bytes;
    const int result = wslay_event_recv(context_);
    input_ = {};
    if (result == WSLAY_ERR_NOMEM)
        throw std::bad_alloc();
    send();
    if (wslay_event_get_read_enabled(context_) != 0)
        return;
    has_ended = true; // a close has come, or something that wslay rejects
    const bool has_answered = wslay_event_get_close_received(context_) != 0;
    if (!has_answered && code == CloseCode::none)
        code = static_cast<CloseCode>(wslay_event_get_status_code_sent(context_));
    if (!has_answered && code == no_code)
        correct_close(0, CloseCode::protocol_error); // a malformed frame: wslay says no more
}

/// Says another code than wslay has just said, in a close frame with a payload of so many bytes.
void Stream::State::correct_close(std::size_t said, CloseCode why) {
    const bool is_server = settings_.role == StreamSettings::Role::server;
    const std::size_t size = 2 + (is_server ? 0 : 4) + said;
    output.resize(output.size() - std::min(output.size(), size));
    code = why;
    if (is_server)
        append_frame(output, {Opcode::close}, close_payload(why));
    else
        append_masked_frame(output, {Opcode::close}, close_payload(why), {});
}

/// wslay lets RSV1 pass wherever it is allowed at all, but only a message's first frame may have it
/// (RFC 7692 §6.1).
void Stream::State::take_frame(const wslay_event_on_frame_recv_start_arg& frame) {
    const bool may_have_it = frame.opcode == WSLAY_TEXT_FRAME || frame.opcode == WSLAY_BINARY_FRAME;
    if (frame.rsv != 0 && !may_have_it)
        fail(CloseCode::protocol_error, "a reserved bit");
}

void Stream::State::take_message(const wslay_event_on_msg_recv_arg& message) {
    if (has_ended)
        return;
    const std::string_view payload(reinterpret_cast<const char*>(message.msg), message.msg_length);
    if (message.opcode == WSLAY_CONNECTION_CLOSE) {
        has_ended = true;
        code = static_cast<CloseCode>(message.status_code);
        if (payload.size() == 1) { // half a code (RFC 6455 §5.5.1)
            send();
            return correct_close(0, CloseCode::protocol_error);
        }
        // wslay looks at the reason only if it comes in one piece, and has answered already
        if (is_utf8(payload.substr(std::min<std::size_t>(2, payload.size()))))
            return;
        send();
        correct_close(payload.size(), CloseCode::invalid_data);
    } else if (message.opcode == WSLAY_TEXT_FRAME || message.opcode == WSLAY_BINARY_FRAME) {
        take_data(message.opcode == WSLAY_TEXT_FRAME, message.rsv != 0, payload);
    }
}

void Stream::State::take_data(bool is_text, bool is_compressed, std::string_view payload) {
    ReceivedMessage message;
    message.is_text = is_text;
    if (!is_compressed) { // its text wslay has checked
        message.content = payload;
        messages.push_back(std::move(message));
        return;
    }
    switch (inflate(payload, settings_.longest_message, message.content)) {
    case InflateOutcome::broken:
        return fail(CloseCode::invalid_data, "not deflated");
    case InflateOutcome::too_long:
        return fail(CloseCode::too_big, "the message is too long");
    case InflateOutcome::done:
        break;
    }
    if (is_text && !is_utf8(message.content))
        return fail(CloseCode::invalid_data, "not UTF-8");
    messages.push_back(std::move(message));
}

void Stream::State::fail(CloseCode why, std::string_view reason) {
    if (has_ended)
        return;
    has_ended = true;
    code = why;
    wslay_event_shutdown_read(context_);
    queue_close(why, reason);
}

void Stream::State::queue(Opcode opcode, std::string_view payload) {
    wslay_event_msg message = {};
    message.opcode = static_cast<std::uint8_t>(opcode);
    message.msg = reinterpret_cast<const std::uint8_t*>(payload.data());
    message.msg_length = payload.size();
    wslay_event_queue_msg(context_, &message);
}

void Stream::State::queue_close(CloseCode why, std::string_view reason) {
    has_closed = true;
    reason = chat::beginning_of(reason, longest_reason);
    wslay_event_queue_close(context_, static_cast<std::uint16_t>(why),
                            reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size());
}

void Stream::State::send() {
    if (wslay_event_send(context_) == WSLAY_ERR_NOMEM)
        throw std::bad_alloc();
    has_closed = has_closed || wslay_event_get_close_sent(context_) != 0;
}

Stream::Stream(const StreamSettings& settings) : state_(std::make_unique<State>(settings)) {}
Stream::~Stream() = default;

void Stream::receive(std::string_view bytes) { state_->receive(bytes); }

std::optional<ReceivedMessage> Stream::next_message() {
    if (state_->messages.empty())
        return std::nullopt;
    std::optional<ReceivedMessage> message(std::move(state_->messages.front()));
    state_->messages.pop_front();
    return message;
}

std::string& Stream::output() noexcept { return state_->output; }

void Stream::ping(std::string_view payload) {
    state_->queue(Opcode::ping, payload.substr(0, longest_control));
    state_->send();
}

void Stream::close(CloseCode code, std::string_view reason) {
    if (state_->has_closed)
        return;
    state_->queue_close(code, reason);
    state_->send();
}

bool Stream::has_ended() const noexcept { return state_->has_ended; }
bool Stream::has_closed() const noexcept { return state_->has_closed; }
CloseCode Stream::code() const noexcept { return state_->code; }

} // namespace tern::websocket
