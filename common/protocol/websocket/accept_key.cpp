// The one place of SHA-1, which the handshake uses for no secret.

#include "common/protocol/irc/base64.h"
#include "common/protocol/websocket/handshake.h"

#include <openssl/evp.h>

#include <array>

namespace tern::websocket {

std::string accept_for(std::string_view key) {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        return {};
    return irc::encode_base64({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace tern::websocket
