#pragma once
// What a client sends before its first frame (RFC 9113 §3.4). It looks like a request of HTTP/1.1
// that no server takes for one.

#include <string_view>

namespace tern::http2 {

inline constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

} // namespace tern::http2
