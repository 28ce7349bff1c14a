#pragma once
// TYPE A: lines end with CR LF on the wire, and with LF in files (RFC 959 §3.1.1.1). The two
// directions are exact inverses, so that a file comes back as it went.

#include <string>
#include <string_view>

namespace tern::ftp {

/// Appends `text` as it goes on the wire.
void append_as_network_text(std::string& to, std::string_view text);

/// From the wire; a CR may come before its LF does.
class NetworkTextReader {
public:
    void read(std::string_view wire, std::string& to);
    /// What is left when the wire has ended.
    void end(std::string& to);

private:
    bool after_return_ = false;
};

} // namespace tern::ftp
