#pragma once
// What the web door serves besides the chat itself: one page and what belongs to it, built into
// the program.

#include "common/protocol/http1/request_parser.h"

#include <string>
#include <string_view>

namespace tern::chat {

/// A whole response, after which the connection ends: a browser that keeps one open for later
/// would keep others waiting where a worker serves one client at a time.
void append_page(std::string& output, const http1::RequestHead& request);

/// Why a request was not fulfilled, likewise.
void append_refusal(std::string& output, http::Status status, std::string_view reason);

/// What a browser hears when the server is full.
std::string full_response();

} // namespace tern::chat
