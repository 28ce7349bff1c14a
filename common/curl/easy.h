#pragma once
// libcurl's handles, owned.
//
// curl.h is C with varargs: an option of the wrong type is undefined behaviour, which the header's
// own macros check for GCC. So options are set by curl_easy_setopt on get(), and what it returns
// goes through require().

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

namespace tern::curl {

/// curl_global_init and its opposite; the first thing in main().
class Library {
public:
    Library();
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
};

/// Throws std::runtime_error: an option that this libcurl does not have is a bug or a lack.
void require(CURLcode code);

struct FreeEasy {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeMulti {
    void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
struct FreeText {
    void operator()(char* text) const noexcept { curl_free(text); }
};
struct FreeUrl {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using List = std::unique_ptr<curl_slist, FreeList>;
using Url = std::unique_ptr<CURLU, FreeUrl>;

Easy make_easy();
Multi make_multi();
/// An empty list is null.
void append(List& list, const std::string& text);

/// A part of a URL; empty if it has none.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0);

long number(CURL* handle, CURLINFO which);
curl_off_t amount(CURL* handle, CURLINFO which);
std::string text(CURL* handle, CURLINFO which);

} // namespace tern::curl
