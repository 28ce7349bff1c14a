#pragma once
// The media type of a file, by the extension of its name.

#include <map>
#include <string>
#include <string_view>

namespace tern::http {

class MimeTypes {
public:
    /// `changes`, extension (without its dot) to type, come before the types known here.
    explicit MimeTypes(std::map<std::string, std::string> changes = {});

    /// "application/octet-stream" for what is not known.
    std::string_view type_of(std::string_view path) const;

private:
    std::map<std::string, std::string, std::less<>> changes_;
};

} // namespace tern::http
