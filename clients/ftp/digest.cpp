#include "clients/ftp/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>

namespace tern::ftp_client {

std::optional<std::string> sha256_of(const std::filesystem::path& file) {
    std::ifstream input(file, std::ios::binary);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    if (!input || !context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        return std::nullopt;
    std::array<char, 65536> block;
    while (input.read(block.data(), block.size()) || input.gcount() > 0)
        EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(input.gcount()));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned size = 0;
    if (input.bad() || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1)
        return std::nullopt;
    std::string text;
    for (unsigned i = 0; i < size; ++i)
        text += fmt::format("{:02x}", digest[i]);
    return text;
}

std::optional<std::string> sha256_from(std::string_view reply) {
    constexpr std::string_view begin = "213 SHA-256 ";
    constexpr std::size_t digits = 64;
    if (!reply.starts_with(begin))
        return std::nullopt;
    reply.remove_prefix(begin.size());
    const std::size_t blank = reply.find(' ');
    if (blank == reply.npos)
        return std::nullopt;
    std::string digest(reply.substr(blank + 1, digits));
    std::transform(digest.begin(), digest.end(), digest.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'F' ? static_cast<char>(letter + 32) : letter;
    });
    const bool is_one =
        digest.size() == digits && digest.find_first_not_of("0123456789abcdef") == digest.npos;
    return is_one ? std::optional(digest) : std::nullopt;
}

} // namespace tern::ftp_client
