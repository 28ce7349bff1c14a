#include "common/net/tls.h"

#include "common/base/result.h"
#include "common/net/tls_outcome.h"

#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tern::net {
namespace {

constexpr std::size_t record_size = SSL3_RT_MAX_PLAIN_LENGTH;

int choose_alpn(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                const unsigned char* offered, unsigned int offered_length, void* ours) {
    const auto& wire = *static_cast<const std::string*>(ours);
    unsigned char* out = nullptr;
    const int result = SSL_select_next_proto(
        &out, chosen_length, reinterpret_cast<const unsigned char*>(wire.data()),
        static_cast<unsigned int>(wire.size()), offered, offered_length);
    *chosen = out;
    // RFC 7301 §3.2: nothing in common is a fatal alert.
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::string alpn_wire_format(const std::vector<std::string>& names) {
    std::string wire;
    for (const std::string& name : names) {
        wire += static_cast<char>(name.size());
        wire += name;
    }
    return wire;
}

[[noreturn]] void refuse(const char* setting, const std::string& file, const char* allowed) {
    throw TlsFileError(setting,
                       "found \"" + file + "\" (" + tls_reason() + "), allowed: " + allowed);
}

/// Nobody is there to be asked for the passphrase of a key.
int no_passphrase(char*, int, int, void*) { return -1; }

void read_files(SSL_CTX* context, const TlsSettings& settings) {
    forget_tls_errors();
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, settings.certificate.c_str()) != 1)
        refuse("certificate", settings.certificate,
               "a PEM file with a certificate, and those behind it that vouch for it");
    // Looks as well whether the two belong together.
    if (SSL_CTX_use_PrivateKey_file(context, settings.key.c_str(), SSL_FILETYPE_PEM) != 1)
        refuse("key", settings.key,
               "a PEM file with the private key of the certificate, without a passphrase");
}

/// Of one write, so that others get their turn.
constexpr std::size_t most_records = 8;

/// What is left of some pieces, record by record.
class Unwritten {
public:
    explicit Unwritten(std::span<const iovec> pieces) noexcept : pieces_(pieces) {
        for (const iovec& piece : pieces)
            left_ += piece.iov_len;
    }

    std::size_t left() const noexcept { return left_; }

    /// The next record's content: of one piece, or put together, so that head and body share it.
    std::string_view next(std::span<char> record) const noexcept {
        const std::string_view first = first_piece();
        if (first.size() >= record.size() || first.size() == left_)
            return first.substr(0, record.size());
        std::size_t filled = first.copy(record.data(), record.size());
        for (const iovec& piece : pieces_.subspan(1)) {
            const std::size_t part = std::min(piece.iov_len, record.size() - filled);
            std::memcpy(record.data() + filled, piece.iov_base, part);
            filled += part;
            if (filled == record.size())
                break;
        }
        return {record.data(), filled};
    }

    void written(std::size_t bytes) noexcept {
        left_ -= bytes;
        bytes += begin_;
        while (!pieces_.empty() && bytes >= pieces_.front().iov_len) {
            bytes -= pieces_.front().iov_len;
            pieces_ = pieces_.subspan(1);
        }
        begin_ = bytes;
    }

private:
    std::string_view first_piece() const noexcept {
        const iovec& first = pieces_.front();
        return {static_cast<const char*>(first.iov_base) + begin_, first.iov_len - begin_};
    }

    std::span<const iovec> pieces_;
    std::size_t begin_ = 0; ///< of the first piece
    std::size_t left_ = 0;
};

} // namespace

/// What OpenSSL asks as it makes and takes tickets, and looks for a session.
struct TicketCallbacks {
    static int fill(SSL* tls, void*) {
        const auto* const transport = static_cast<TlsTransport*>(SSL_get_app_data(tls));
        SSL_SESSION* const session = SSL_get_session(tls);
        return transport == nullptr ||
               SSL_SESSION_set1_ticket_appdata(session, transport->family_.data(),
                                               transport->family_.size()) == 1;
    }
    static SSL_TICKET_RETURN take(SSL* tls, SSL_SESSION* session, const unsigned char*, std::size_t,
                                  SSL_TICKET_STATUS status, void*) {
        if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
            return SSL_TICKET_RETURN_IGNORE_RENEW;
        auto* const transport = static_cast<TlsTransport*>(SSL_get_app_data(tls));
        void* data = nullptr;
        std::size_t size = 0;
        TlsTransport::Family family;
        if (transport != nullptr && SSL_SESSION_get0_ticket_appdata(session, &data, &size) == 1 &&
            size == family.size()) {
            std::memcpy(family.data(), data, size);
            transport->use_ticket_of(family);
        }
        return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
    }

    /// The one session that a client may name by its id (TLS 1.2 without tickets, as curl does):
    /// that of the connection whose companion this is. A copy, for a connection that fails spoils
    /// its session.
    static SSL_SESSION* find(SSL* tls, const unsigned char* id, int size, int* shared) {
        *shared = 0;
        auto* const transport = static_cast<TlsTransport*>(SSL_get_app_data(tls));
        if (transport == nullptr || !transport->known_)
            return nullptr;
        unsigned int known_size = 0;
        const unsigned char* const known_id =
            SSL_SESSION_get_id(transport->known_.get(), &known_size);
        if (size <= 0 || !std::equal(id, id + size, known_id, known_id + known_size))
            return nullptr;
        transport->is_resumed_ = true;
        return SSL_SESSION_dup(transport->known_.get());
    }
};

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }
void TlsTransport::Free::operator()(ssl_st* tls) const noexcept { SSL_free(tls); }
void TlsTransport::Free::operator()(ssl_session_st* session) const noexcept {
    SSL_SESSION_free(session);
}

TlsContext::TlsContext(const TlsSettings& settings)
    : alpn_(alpn_wire_format(settings.alpn)), context_(SSL_CTX_new(TLS_server_method())) {
    if (!context_)
        throw_tls_error("TLS");
    SSL_CTX* context = context_.get();
    SSL_CTX_set_min_proto_version(context, settings.minimum_version == "1.3" ? TLS1_3_VERSION
                                                                             : TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // TLS 1.2 as RFC 9325 §4.2 recommends it: forward secrecy and authenticated encryption only.
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        throw_tls_error("TLS ciphers");
    // Buffers belong to busy connections only; a retried write may come from another buffer.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Whoever comes back brings his session in a ticket; a cache of them all would cost memory, and
    // processes do not share it. Only companions know one without.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_get_cb(context, TicketCallbacks::find);
    SSL_CTX_set_read_ahead(context, settings.read_ahead ? 1 : 0);
    static constexpr unsigned char session_context[] = "tern";
    SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
    read_files(context, settings);
    SSL_CTX_set_session_ticket_cb(context, TicketCallbacks::fill, TicketCallbacks::take, nullptr);
    if (!alpn_.empty())
        SSL_CTX_set_alpn_select_cb(context, choose_alpn, &alpn_);
}

TlsContext::~TlsContext() = default;

TlsTransport::TlsTransport(UniqueFd socket, const TlsContext& context, Tickets tickets)
    : TlsTransport(std::move(socket), context.native(), tickets) {
    RAND_bytes(family_.data(), static_cast<int>(family_.size()));
}

TlsTransport::TlsTransport(UniqueFd socket, ssl_ctx_st* context, Tickets tickets)
    : socket_(std::move(socket)), tls_(SSL_new(context)) {
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1)
        throw_tls_error("TLS connection");
    output_.attach_to(tls_.get());
    SSL_set_accept_state(tls_.get());
    SSL_set_app_data(tls_.get(), this);
    if (tickets == Tickets::none)
        SSL_set_num_tickets(tls_.get(), 0);
}

TlsTransport::~TlsTransport() = default;

std::unique_ptr<Transport> TlsTransport::companion(UniqueFd socket) const {
    std::unique_ptr<TlsTransport> other(
        new TlsTransport(std::move(socket), SSL_get_SSL_CTX(tls_.get()), Tickets::none));
    other->family_ = family_;
    other->is_companion_ = true;
    if (SSL_version(tls_.get()) == TLS1_2_VERSION)
        other->known_.reset(SSL_get1_session(tls_.get()));
    return other;
}

void TlsTransport::use_ticket_of(const Family& family) noexcept {
    if (is_companion_)
        is_resumed_ = family == family_;
    else
        family_ = family; // a client that comes back
}

void TlsTransport::renew_ticket() {
    forget_tls_errors();
    if (!broken_ && SSL_version(tls_.get()) == TLS1_3_VERSION && SSL_is_init_finished(tls_.get()))
        SSL_new_session_ticket(tls_.get());
}

Progress TlsTransport::explain(int result) {
    const Progress progress = tls_outcome(tls_.get(), result);
    if (progress.outcome == Progress::Outcome::failed)
        broken_ = true;
    if (progress.outcome != Progress::Outcome::blocked)
        return progress;
    if (progress.interest == POLLOUT) {
        filled();
    } else {
        drained();
        starved_ = true;
    }
    return progress;
}

Progress TlsTransport::handshake() {
    forget_tls_errors();
    const int result = SSL_do_handshake(tls_.get());
    return result == 1 ? Progress::moved(0) : explain(result);
}

Progress TlsTransport::read(std::span<char> into) {
    forget_tls_errors();
    std::size_t bytes = 0;
    starved_ = false;
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &bytes);
    return result == 1 ? Progress::moved(bytes) : explain(result);
}

bool TlsTransport::add_record(Progress& all, std::string_view bytes, bool more_follows) {
    forget_tls_errors();
    std::size_t written = 0;
    output_.set_more_follows(more_follows);
    const int result = SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written);
    output_.set_more_follows(false);
    if (result == 1) {
        all.bytes += written;
        return true;
    }
    const Progress progress = explain(result);
    if (all.bytes == 0 || progress.outcome != Progress::Outcome::blocked)
        all = progress;
    return false;
}

Progress TlsTransport::write(std::span<const iovec> pieces) {
    std::array<char, record_size> record;
    Unwritten unwritten(pieces);
    Progress all = Progress::moved(0);
    for (std::size_t records = 1; records <= most_records && unwritten.left() > 0; ++records) {
        const std::string_view next = unwritten.next(record);
        const std::size_t before = all.bytes;
        if (!add_record(all, next, records < most_records && next.size() < unwritten.left()))
            break;
        unwritten.written(all.bytes - before);
    }
    return all;
}

Progress TlsTransport::send_file(int file, off_t offset, std::size_t count) {
    std::array<char, record_size> record;
    Progress all = Progress::moved(0);
    for (std::size_t records = 1; records <= most_records && all.bytes < count; ++records) {
        const ssize_t bytes = ::pread(file, record.data(), std::min(count - all.bytes, record_size),
                                      offset + static_cast<off_t>(all.bytes));
        if (bytes < 0)
            return Progress::failed(last_error());
        if (bytes == 0) // the file has shrunk since its size was promised
            return Progress::failed(make_error_code(std::errc::io_error));
        const auto got = static_cast<std::size_t>(bytes);
        if (!add_record(all, {record.data(), got},
                        records < most_records && all.bytes + got < count))
            break;
    }
    return all;
}

Progress TlsTransport::shut_down() {
    if (!broken_ && SSL_is_init_finished(tls_.get()) == 1) {
        forget_tls_errors();
        const int result = SSL_shutdown(tls_.get());
        if (result < 0) {
            const Progress progress = explain(result);
            if (progress.outcome == Progress::Outcome::blocked && progress.interest == POLLOUT)
                return progress;
        }
    }
    return ::shutdown(socket_.get(), SHUT_WR) == 0 ? Progress::moved(0)
                                                   : Progress::failed(last_error());
}

bool TlsTransport::has_shut_down(int side) const noexcept {
    return (SSL_get_shutdown(tls_.get()) & side) != 0;
}

Progress TlsTransport::say_goodbye() {
    forget_tls_errors();
    const int result = has_shut_down(SSL_SENT_SHUTDOWN) ? 1 : SSL_shutdown(tls_.get());
    return result < 0 ? explain(result) : Progress::moved(0);
}

Progress TlsTransport::look_ahead(bool& is_record) {
    unsigned char first = SSL3_RT_APPLICATION_DATA; // of which a part was read already
    if (SSL_has_pending(tls_.get()) == 0) {
        const ssize_t got = ::recv(socket_.get(), &first, 1, MSG_PEEK);
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return Progress::failed(last_error());
        if (got < 0)
            return Progress::blocked(POLLIN);
        if (got == 0)
            return Progress::ended();
    }
    is_record = first >= SSL3_RT_CHANGE_CIPHER_SPEC && first <= SSL3_RT_APPLICATION_DATA;
    return Progress::moved(0);
}

/// OpenSSL reads record by record, so nothing is taken of what follows the peer's close_notify.
/// Some peers say none: then the first byte that can begin no record is the next protocol's.
Progress TlsTransport::end_encryption(Goodbye goodbye) {
    if (broken_)
        return Progress::failed(make_error_code(std::errc::protocol_error));
    if (goodbye == Goodbye::now || has_shut_down(SSL_RECEIVED_SHUTDOWN)) {
        const Progress said = say_goodbye();
        if (said.outcome != Progress::Outcome::moved || has_shut_down(SSL_RECEIVED_SHUTDOWN))
            return said;
    }
    bool is_record = false;
    const Progress ahead = look_ahead(is_record);
    if (ahead.outcome != Progress::Outcome::moved || !is_record)
        return ahead;
    std::array<char, record_size> dropped;
    const Progress heard = read(dropped);
    const bool is_more =
        heard.outcome == Progress::Outcome::ended || heard.outcome == Progress::Outcome::moved;
    return is_more ? Progress::blocked(0) : heard;
}

bool TlsTransport::is_resumed() const noexcept {
    return is_resumed_ && SSL_session_reused(tls_.get()) == 1;
}

std::string TlsTransport::alpn() const {
    const unsigned char* name = nullptr;
    unsigned int length = 0;
    SSL_get0_alpn_selected(tls_.get(), &name, &length);
    return {reinterpret_cast<const char*>(name), length};
}

bool TlsTransport::has_buffered_input() const noexcept {
    // What was read ahead may be the beginning of a record only: then reading has said so.
    return SSL_pending(tls_.get()) > 0 || (!starved_ && SSL_has_pending(tls_.get()) == 1);
}

} // namespace tern::net
