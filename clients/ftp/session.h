#pragma once
// A session with an FTP server, by libcurl, which keeps the control connection between commands.

#include "clients/ftp/arguments.h"
#include "clients/ftp/listing.h"
#include "common/curl/easy.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ftp_client {

/// Where a session is with, and as whom.
struct Account {
    std::string host; ///< with brackets if it is an IPv6 address
    std::string port; ///< empty: the usual one
    std::string user; ///< empty: anonymous
    std::string password;
    std::string path = "/"; ///< of the URL
    Security security = Security::none;
};

/// From "[USER@]HOST[:PORT]" or a URL. Throws std::runtime_error.
Account account_from(const std::string& text, const Options& options);

/// Why something failed; empty if it did not.
struct Outcome {
    std::string complaint;
    int exit_code = 0;
    explicit operator bool() const noexcept { return exit_code == 0; }
};

class Session {
public:
    Session(Account account, const Options& options);

    const Account& account() const noexcept { return account_; }

    Outcome list(const std::string& folder, std::vector<RemoteEntry>& entries);
    /// Commands as the server knows them, such as "MKD /folder".
    Outcome command(const std::vector<std::string>& lines);
    /// What the server answered to the last of them.
    const std::string& last_reply() const noexcept { return last_reply_; }

    /// libcurl's handle, ready for a transfer of `path`, whose callbacks the caller sets.
    CURL* prepare(const std::string& path);
    Outcome perform();

private:
    static std::size_t on_reply(char* data, std::size_t, std::size_t size, void* self) noexcept;

    Account account_;
    const Options& options_;
    curl::Easy handle_;
    curl::Multi multi_; ///< it keeps the control connection
    std::string last_reply_;
    std::array<char, CURL_ERROR_SIZE> error_{};
};

} // namespace tern::ftp_client
