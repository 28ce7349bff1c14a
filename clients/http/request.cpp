#include "clients/http/request.h"

#include "common/base/escape.h"
#include "generated/version.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <stdexcept>
#include <system_error>

namespace tern::http_client {
namespace {

constexpr long connect_timeout_s = 15;
constexpr long most_redirections = 10;

std::runtime_error unreadable(const std::string& file) {
    return std::runtime_error(printable(file) + ": " + std::system_category().message(errno));
}

/// The text itself, or what is in the file that it names.
std::string content_of(const std::string& text) {
    if (!text.starts_with('@'))
        return text;
    std::ifstream file(text.substr(1), std::ios::binary);
    if (!file)
        throw unreadable(text.substr(1));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A folder's URL, which ends with a slash, and the file's own name.
std::string upload_url(const Options& options) {
    if (options.upload.empty() || options.upload == "-" || !options.url.ends_with('/'))
        return options.url;
    const std::string name = std::filesystem::path(options.upload).filename().string();
    char* const escaped = curl_easy_escape(nullptr, name.data(), static_cast<int>(name.size()));
    const std::unique_ptr<char, curl::FreeText> owned(escaped);
    return options.url + (escaped != nullptr ? escaped : "");
}

int seek(void* file, curl_off_t offset, int origin) noexcept {
    const bool done = std::fseek(static_cast<std::FILE*>(file), offset, origin) == 0;
    return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

long curl_version(Version version) noexcept {
    switch (version) {
    case Version::http_1_1:
        return CURL_HTTP_VERSION_1_1;
    case Version::http_2:
        return CURL_HTTP_VERSION_2_0;
    case Version::h2c:
        return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    default:
        return CURL_HTTP_VERSION_NONE;
    }
}

} // namespace

Request::Request(const Options& options) : options_(options), handle_(curl::make_easy()) {
    CURL* const handle = handle_.get();
    curl::require(curl_easy_setopt(handle, CURLOPT_URL, upload_url(options).c_str()));
    curl::require(curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https"));
    curl::require(curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https"));
    curl::require(curl_easy_setopt(handle, CURLOPT_DEFAULT_PROTOCOL, "http"));
    curl::require(curl_easy_setopt(handle, CURLOPT_FILETIME, 1L));
    set_connection();
    set_method();
    add_header("User-Agent: tern-http/" + std::string(generated::version));
    if (!options.json.empty()) {
        add_header("Content-Type: application/json");
        add_header("Accept: application/json, */*;q=0.5");
    }
    set_body();
    for (const std::string& line : options.headers)
        add_header(line);
}

void Request::set_connection() {
    CURL* const handle = handle_.get();
    curl::require(curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, curl_version(options_.version)));
    curl::require(curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_timeout_s));
    const auto timeout_ms = static_cast<long>(options_.timeout_s * 1000);
    curl::require(curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, timeout_ms));
    curl::require(curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, options_.follow ? 1L : 0L));
    curl::require(curl_easy_setopt(handle, CURLOPT_MAXREDIRS, most_redirections));
    if (options_.insecure) {
        curl::require(curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L));
        curl::require(curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L));
    }
    if (!options_.ca_file.empty())
        curl::require(curl_easy_setopt(handle, CURLOPT_CAINFO, options_.ca_file.c_str()));
    if (!options_.user.empty())
        curl::require(curl_easy_setopt(handle, CURLOPT_USERPWD, options_.user.c_str()));
    if (!options_.unix_socket.empty())
        curl::require(
            curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, options_.unix_socket.c_str()));
    if (options_.compressed)
        curl::require(curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, ""));
}

void Request::set_method() {
    CURL* const handle = handle_.get();
    if (options_.method == "HEAD")
        curl::require(curl_easy_setopt(handle, CURLOPT_NOBODY, 1L));
    else
        curl::require(curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, options_.method.c_str()));
}

void Request::set_body() {
    CURL* const handle = handle_.get();
    if (!options_.forms.empty())
        return set_forms();
    if (!options_.upload.empty())
        return set_upload();
    const std::string& text = options_.json.empty() ? options_.data : options_.json;
    if (text.empty())
        return;
    body_ = content_of(text);
    const auto size = static_cast<curl_off_t>(body_.size());
    curl::require(curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, size));
    curl::require(curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body_.c_str()));
    // libcurl sets the method with the body.
    curl::require(curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, options_.method.c_str()));
}

void Request::set_forms() {
    mime_.reset(curl_mime_init(handle_.get()));
    for (const std::string& form : options_.forms) {
        const std::size_t sign = form.find('=');
        if (sign == form.npos)
            throw std::runtime_error("--form takes NAME=TEXT or NAME=@FILE, not " +
                                     printable(form));
        curl_mimepart* const part = curl_mime_addpart(mime_.get());
        curl::require(curl_mime_name(part, form.substr(0, sign).c_str()));
        const std::string value = form.substr(sign + 1);
        if (value.starts_with('@') && ::access(value.c_str() + 1, R_OK) != 0)
            throw unreadable(value.substr(1));
        curl::require(value.starts_with('@') ? curl_mime_filedata(part, value.c_str() + 1)
                                             : curl_mime_data(part, value.data(), value.size()));
    }
    curl::require(curl_easy_setopt(handle_.get(), CURLOPT_MIMEPOST, mime_.get()));
    curl::require(curl_easy_setopt(handle_.get(), CURLOPT_CUSTOMREQUEST, options_.method.c_str()));
}

void Request::set_upload() {
    CURL* const handle = handle_.get();
    std::FILE* source = stdin;
    if (options_.upload != "-") {
        upload_.reset(std::fopen(options_.upload.c_str(), "rbe"));
        if (!upload_)
            throw unreadable(options_.upload);
        source = upload_.get();
    }
    struct stat state = {};
    const bool is_file = ::fstat(::fileno(source), &state) == 0 && S_ISREG(state.st_mode);
    curl::require(curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L));
    curl::require(curl_easy_setopt(handle, CURLOPT_READDATA, source));
    curl::require(curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek));
    curl::require(curl_easy_setopt(handle, CURLOPT_SEEKDATA, source));
    const curl_off_t size = is_file ? state.st_size : -1; // of a pipe nobody knows: chunked
    curl::require(curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, size));
    curl::require(curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, options_.method.c_str()));
}

void Request::add_header(const std::string& line) {
    curl::append(headers_, line);
    curl::require(curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get()));
}

void Request::renew() {
    if (upload_)
        std::rewind(upload_.get());
    handle_.reset(curl_easy_duphandle(handle_.get()));
    if (handle_ == nullptr)
        throw std::bad_alloc();
}

} // namespace tern::http_client
