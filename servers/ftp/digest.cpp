#include "servers/ftp/digest.h"

#include "common/protocol/ftp/command.h"
#include "servers/ftp/compression.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>

namespace tern::ftp {
namespace {

constexpr std::array all_kinds = {DigestKind::crc32, DigestKind::md5, DigestKind::sha1,
                                  DigestKind::sha256, DigestKind::sha512};

const EVP_MD* algorithm_of(DigestKind kind) noexcept {
    switch (kind) {
    case DigestKind::md5:
        return EVP_md5();
    case DigestKind::sha1:
        return EVP_sha1();
    case DigestKind::sha512:
        return EVP_sha512();
    case DigestKind::crc32:
    case DigestKind::sha256:
        break;
    }
    return EVP_sha256();
}

void require(int result) {
    if (result != 1)
        throw std::runtime_error("OpenSSL cannot make a digest");
}

class Checksum final : public Digest {
public:
    void add(std::string_view bytes) override { value_ = extended_crc32(value_, bytes); }
    std::string finish() override { return fmt::format("{:08x}", value_); }

private:
    std::uint32_t value_ = 0;
};

class CryptographicDigest final : public Digest {
public:
    explicit CryptographicDigest(DigestKind kind) : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        require(context_ ? EVP_DigestInit_ex(context_.get(), algorithm_of(kind), nullptr) : 0);
    }
    void add(std::string_view bytes) override {
        require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
    }
    std::string finish() override {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes = {};
        unsigned size = 0;
        require(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size));
        std::string text;
        for (const unsigned char byte : std::span(bytes).first(size))
            text += fmt::format("{:02x}", byte);
        return text;
    }

private:
    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

class Digested final : public Producer {
public:
    Digested(std::unique_ptr<Producer> plain, Digest& digest) noexcept
        : plain_(std::move(plain)), digest_(digest) {}
    Result<Supply> produce(std::string& to) override {
        const std::size_t before = to.size();
        const Result<Supply> more = plain_->produce(to);
        digest_.add(std::string_view(to).substr(before));
        return more;
    }

private:
    const std::unique_ptr<Producer> plain_;
    Digest& digest_;
};

} // namespace

std::string_view name_of(DigestKind kind) noexcept {
    switch (kind) {
    case DigestKind::crc32:
        return "CRC32";
    case DigestKind::md5:
        return "MD5";
    case DigestKind::sha1:
        return "SHA-1";
    case DigestKind::sha512:
        return "SHA-512";
    case DigestKind::sha256:
        break;
    }
    return "SHA-256";
}

std::optional<DigestKind> digest_named(std::string_view name) {
    const std::string capitals = upper(name);
    for (const DigestKind kind : all_kinds)
        if (name_of(kind) == capitals)
            return kind;
    return std::nullopt;
}

std::string digest_features(DigestKind present) {
    std::string text;
    for (const DigestKind kind : all_kinds) {
        text += text.empty() ? "" : ";";
        text += name_of(kind);
        text += kind == present ? "*" : "";
    }
    return text;
}

std::unique_ptr<Digest> Digest::make(DigestKind kind) {
    if (kind == DigestKind::crc32)
        return std::make_unique<Checksum>();
    return std::make_unique<CryptographicDigest>(kind);
}

std::unique_ptr<Producer> digested(std::unique_ptr<Producer> plain, Digest& digest) {
    return std::make_unique<Digested>(std::move(plain), digest);
}

} // namespace tern::ftp
