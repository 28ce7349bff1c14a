#pragma once
// RPL_ISUPPORT: what a server's features and limits are, as tokens.

#include <string>
#include <string_view>
#include <vector>

namespace tern::irc {

class Isupport {
public:
    /// Without a value, only the name is told.
    void add(std::string_view name, std::string_view value = {});

    /// Lines of at most 13 tokens each, as many as one reply has room for.
    std::vector<std::vector<std::string>> lines() const;

private:
    std::vector<std::string> tokens_;
};

} // namespace tern::irc
