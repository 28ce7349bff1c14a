#include "common/protocol/irc/sasl.h"

#include "common/protocol/irc/base64.h"

#include <utility>

namespace tern::irc {
namespace {

constexpr std::size_t longest_payload = 4096; // in base64

} // namespace

SaslAssembler::Outcome SaslAssembler::take(std::string_view chunk) {
    Outcome outcome = Outcome::need_more;
    if (chunk == "*")
        outcome = Outcome::aborted;
    else if (chunk.size() > sasl_chunk || encoded_.size() + chunk.size() > longest_payload)
        outcome = Outcome::too_long;
    else if (chunk != "+")
        encoded_ += chunk;
    if (outcome == Outcome::need_more && chunk.size() < sasl_chunk)
        outcome = finish();
    if (outcome != Outcome::need_more)
        encoded_ = std::string();
    return outcome;
}

SaslAssembler::Outcome SaslAssembler::finish() {
    auto decoded = decode_base64(encoded_);
    if (!decoded)
        return Outcome::malformed;
    payload_ = std::move(*decoded);
    return Outcome::complete;
}

std::string SaslAssembler::take_payload() noexcept { return std::exchange(payload_, {}); }

std::vector<std::string> sasl_chunks(std::string_view payload) {
    const std::string encoded = encode_base64(payload);
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < encoded.size(); at += sasl_chunk)
        chunks.push_back(encoded.substr(at, sasl_chunk));
    if (encoded.size() % sasl_chunk == 0)
        chunks.emplace_back("+");
    return chunks;
}

std::optional<PlainCredentials> parse_plain(std::string_view payload) {
    const std::size_t first = payload.find('\0');
    if (first == std::string_view::npos)
        return std::nullopt;
    const std::size_t second = payload.find('\0', first + 1);
    if (second == std::string_view::npos ||
        payload.find('\0', second + 1) != std::string_view::npos)
        return std::nullopt;
    PlainCredentials credentials{std::string(payload.substr(0, first)),
                                 std::string(payload.substr(first + 1, second - first - 1)),
                                 std::string(payload.substr(second + 1))};
    if (credentials.name.empty() || credentials.password.empty())
        return std::nullopt;
    return credentials;
}

} // namespace tern::irc
