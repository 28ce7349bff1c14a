#include "clients/ftp/session.h"

#include "clients/ftp/exit_code.h"
#include "clients/ftp/remote_path.h"
#include "common/base/escape.h"
#include "common/terminal/interruption.h"

#include <sys/select.h>

#include <memory>
#include <stdexcept>

namespace tern::ftp_client {
namespace {

constexpr long connect_timeout_s = 15;
constexpr long silence_s = 300; ///< after which a transfer is given up
constexpr std::size_t longest_listing = 64 * 1024 * 1024;

std::string escaped(std::string_view path) {
    char* const text = curl_easy_escape(nullptr, path.data(), static_cast<int>(path.size()));
    const std::unique_ptr<char, curl::FreeText> owned(text);
    return text != nullptr ? text : "";
}

std::size_t take_listing(char* data, std::size_t, std::size_t size, void* lines) noexcept {
    auto& text = *static_cast<std::string*>(lines);
    if (text.size() + size > longest_listing)
        return 0;
    text.append(data, size);
    return size;
}

int exit_code_of(CURLcode code) noexcept {
    return code == CURLE_LOGIN_DENIED ? exit_login_refused : exit_failed;
}

void require(CURLMcode code) {
    if (code != CURLM_OK)
        throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
}

/// How long to wait until libcurl wants to go on.
int patience_ms(CURLM* multi) {
    constexpr int longest = 1000;
    constexpr int moment = 1;
    fd_set readable, writable, exceptional;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_ZERO(&exceptional);
    int highest = -1;
    require(curl_multi_fdset(multi, &readable, &writable, &exceptional, &highest));
    return highest < 0 ? moment : longest;
}

/// What curl_easy_perform does, but for this: after EPSV on a connection that is there already,
/// libcurl 7.88 has no descriptor to wait for, and curl_easy_perform sleeps for a second then.
CURLcode transfer(CURLM* multi, CURL* handle) {
    require(curl_multi_add_handle(multi, handle));
    int running = 1;
    while (running > 0) {
        require(curl_multi_perform(multi, &running));
        if (running > 0)
            require(curl_multi_poll(multi, nullptr, 0, patience_ms(multi), nullptr));
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi, &left);
    const CURLcode code = message != nullptr ? message->data.result : CURLE_FAILED_INIT;
    require(curl_multi_remove_handle(multi, handle));
    return code;
}

int ask_whether_interrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    return terminal::Interruption::happened() ? 1 : 0;
}

} // namespace

Account account_from(const std::string& text, const Options& options) {
    const bool has_scheme = text.find("://") != text.npos;
    const curl::Url url(curl_url());
    const std::string whole = has_scheme ? text : "ftp://" + text;
    if (!url || curl_url_set(url.get(), CURLUPART_URL, whole.c_str(), 0) != CURLUE_OK)
        throw std::runtime_error("this is not a server: " + printable(text));
    const std::string scheme = curl::part_of(url.get(), CURLUPART_SCHEME);
    if (scheme != "ftp" && scheme != "ftps")
        throw std::runtime_error("this is not FTP: " + printable(text));
    Account account;
    account.security = scheme == "ftps" ? Security::implicit_tls : options.security;
    account.host = curl::part_of(url.get(), CURLUPART_HOST);
    account.port = curl::part_of(url.get(), CURLUPART_PORT);
    account.user = curl::part_of(url.get(), CURLUPART_USER, CURLU_URLDECODE);
    account.password = curl::part_of(url.get(), CURLUPART_PASSWORD, CURLU_URLDECODE);
    const std::string path = curl::part_of(url.get(), CURLUPART_PATH, CURLU_URLDECODE);
    account.path = resolved("/", path) + (path.size() > 1 && path.ends_with('/') ? "/" : "");
    return account;
}

Session::Session(Account account, const Options& options)
    : account_(std::move(account)), options_(options), handle_(curl::make_easy()),
      multi_(curl::make_multi()) {}

CURL* Session::prepare(const std::string& path) {
    CURL* const handle = handle_.get();
    curl_easy_reset(handle); // connections live on
    error_.front() = '\0';
    last_reply_.clear();
    const bool is_implicit = account_.security == Security::implicit_tls;
    std::string url = (is_implicit ? "ftps://" : "ftp://") + account_.host;
    if (!account_.port.empty())
        url += ':' + account_.port;
    // An escaped slash first: the path is the server's, not one below where the login leads.
    const bool is_folder = path.size() > 1 && path.ends_with('/');
    url +=
        '/' + escaped(is_folder ? path.substr(0, path.size() - 1) : path) + (is_folder ? "/" : "");
    const auto set = [handle](CURLoption option, auto value) {
        curl::require(curl_easy_setopt(handle, option, value));
    };
    set(CURLOPT_NOSIGNAL, 1L); // there are threads
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "ftp,ftps");
    set(CURLOPT_FTP_FILEMETHOD, static_cast<long>(CURLFTPMETHOD_NOCWD));
    set(CURLOPT_USERNAME, account_.user.empty() ? "anonymous" : account_.user.c_str());
    set(CURLOPT_PASSWORD, account_.user.empty() ? "tern-ftp@" : account_.password.c_str());
    if (account_.security != Security::none)
        set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    set(CURLOPT_SSL_VERIFYPEER, options_.insecure ? 0L : 1L);
    set(CURLOPT_SSL_VERIFYHOST, options_.insecure ? 0L : 2L);
    if (!options_.ca_file.empty())
        set(CURLOPT_CAINFO, options_.ca_file.c_str());
    if (options_.active)
        set(CURLOPT_FTPPORT, "-");
    set(CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, silence_s);
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_HEADERFUNCTION, on_reply);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_XFERINFOFUNCTION, ask_whether_interrupted);
    set(CURLOPT_NOPROGRESS, 0L);
    return handle;
}

std::size_t Session::on_reply(char* data, std::size_t, std::size_t size, void* self) noexcept {
    std::string_view line(data, size);
    while (line.ends_with('\n') || line.ends_with('\r'))
        line.remove_suffix(1);
    static_cast<Session*>(self)->last_reply_ = line;
    return size;
}

Outcome Session::perform() {
    const CURLcode code = transfer(multi_.get(), handle_.get());
    if (code == CURLE_OK)
        return {};
    if (terminal::Interruption::happened())
        return {"interrupted", terminal::exit_interrupted};
    std::string complaint = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
    if (last_reply_.starts_with('4') || last_reply_.starts_with('5'))
        complaint = last_reply_;
    return {complaint, exit_code_of(code)};
}

Outcome Session::list(const std::string& folder, std::vector<RemoteEntry>& entries) {
    std::string lines;
    CURL* const handle = prepare(folder.ends_with('/') ? folder : folder + '/');
    curl::require(curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "MLSD"));
    curl::require(curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_listing));
    curl::require(curl_easy_setopt(handle, CURLOPT_WRITEDATA, &lines));
    Outcome outcome = perform();
    if (outcome)
        entries = entries_from(lines);
    return outcome;
}

Outcome Session::command(const std::vector<std::string>& lines) {
    curl::List list;
    for (const std::string& line : lines) {
        if (!is_one_line(line))
            return {"a name must not have several lines", exit_failed};
        curl::append(list, line);
    }
    CURL* const handle = prepare("/");
    curl::require(curl_easy_setopt(handle, CURLOPT_NOBODY, 1L));
    curl::require(curl_easy_setopt(handle, CURLOPT_QUOTE, list.get()));
    return perform();
}

} // namespace tern::ftp_client
