#pragma once
// SASL within AUTHENTICATE lines (IRCv3 sasl), and its mechanism PLAIN (RFC 4616).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tern::irc {

/// A payload goes in pieces of 400 characters of base64; a shorter one, or "+", is the last.
inline constexpr std::size_t sasl_chunk = 400;

/// Puts a client's AUTHENTICATE lines together.
class SaslAssembler {
public:
    enum class Outcome : unsigned char { need_more, complete, too_long, aborted, malformed };

    /// The parameter of one line. After any outcome but need_more it begins anew.
    Outcome take(std::string_view chunk);
    /// What was complete, decoded.
    std::string take_payload() noexcept;

private:
    Outcome finish();

    std::string encoded_;
    std::string payload_;
};

/// The parameters of the lines that carry a payload.
std::vector<std::string> sasl_chunks(std::string_view payload);

struct PlainCredentials {
    std::string authorization; ///< whom to act as; often empty
    std::string name;
    std::string password;
};
/// RFC 4616 §2. Nothing if it is not of this form.
std::optional<PlainCredentials> parse_plain(std::string_view payload);

} // namespace tern::irc
