#pragma once
// Tokens that prove that a peer gets what is sent to its address.
//
// A token is a keyed digest of the address (SipHash-2-4): whoever has not seen an answer that went
// there cannot make it, and nothing need be kept to recognise it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::chat {

using TokenKey = std::array<std::uint64_t, 2>;

inline constexpr std::size_t token_size = 16;

/// Hexadecimal digits, token_size of them.
std::string token_of(std::string_view address, const TokenKey& key);

/// Takes as long whatever is wrong.
bool same_token(std::string_view one, std::string_view other) noexcept;

} // namespace tern::chat
