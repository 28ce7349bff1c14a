#include "common/curl/easy.h"

#include <new>
#include <stdexcept>

namespace tern::curl {

Library::Library() { require(curl_global_init(CURL_GLOBAL_DEFAULT)); }
Library::~Library() { curl_global_cleanup(); }

void require(CURLcode code) {
    if (code != CURLE_OK)
        throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
}

Easy make_easy() {
    Easy handle(curl_easy_init());
    if (!handle)
        throw std::bad_alloc();
    return handle;
}

Multi make_multi() {
    Multi handle(curl_multi_init());
    if (!handle)
        throw std::bad_alloc();
    return handle;
}

void append(List& list, const std::string& text) {
    curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
    if (longer == nullptr)
        throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags) {
    char* found = nullptr;
    if (curl_url_get(url, part, &found, flags) != CURLUE_OK)
        return {};
    const std::unique_ptr<char, FreeText> owned(found);
    return found;
}

long number(CURL* handle, CURLINFO which) {
    long value = 0;
    curl_easy_getinfo(handle, which, &value);
    return value;
}

curl_off_t amount(CURL* handle, CURLINFO which) {
    curl_off_t value = 0;
    curl_easy_getinfo(handle, which, &value);
    return value;
}

std::string text(CURL* handle, CURLINFO which) {
    const char* value = nullptr;
    curl_easy_getinfo(handle, which, &value);
    return value != nullptr ? value : "";
}

} // namespace tern::curl
