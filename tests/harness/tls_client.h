#pragma once
// The client's side of TLS over a non-blocking socket that somebody else owns; a part of
// ClientSocket.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace tern::test {

class TlsClient {
public:
    /// Does not verify the server's certificate: tests make their own.
    TlsClient(int socket, const std::string& alpn);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    enum class Outcome { done, blocked, ended, failed };
    struct Attempt {
        Outcome outcome = Outcome::failed;
        std::size_t bytes = 0; ///< done
        short events = 0;      ///< blocked: what to wait for
    };

    Attempt handshake();
    /// Ended: the peer said close_notify; an end without it is a failure.
    Attempt read(char* into, std::size_t size);
    Attempt write(std::string_view text);
    void say_goodbye();

    bool has_buffered_input() const;
    std::string alpn() const;
    /// Of the last failure.
    std::string explanation() const { return explanation_; }

private:
    Attempt judge(int result, std::size_t bytes);

    std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
    std::string explanation_;
};

} // namespace tern::test
