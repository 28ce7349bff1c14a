#pragma once
// Where OpenSSL writes the records of one connection to: its socket. A record that is followed by
// another at once is sent with MSG_MORE, and the system makes fewer and larger segments of them.

struct ssl_st;

namespace tern::net {

class TlsOutput {
public:
    explicit TlsOutput(int socket) noexcept : socket_(socket) {}
    TlsOutput(const TlsOutput&) = delete;
    TlsOutput& operator=(const TlsOutput&) = delete;

    /// What `tls` writes goes here. Throws std::bad_alloc. The output outlives it.
    void attach_to(ssl_st* tls);

    /// Of the records from now on: whether each is followed by another at once.
    void set_more_follows(bool more_follows) noexcept { more_follows_ = more_follows; }

private:
    friend struct TlsOutputMethod;

    const int socket_;
    bool more_follows_ = false;
};

} // namespace tern::net
