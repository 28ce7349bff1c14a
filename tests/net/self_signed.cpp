#include "tests/net/self_signed.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace tern::test {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(FILE* file) const noexcept { std::fclose(file); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<FILE> create(const std::string& path) {
    Owned<FILE> file(std::fopen(path.c_str(), "w"));
    if (!file)
        throw std::runtime_error("cannot create " + path);
    return file;
}

} // namespace

SelfSigned::SelfSigned() {
    const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
    const Owned<X509> certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600 * 24);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    static constexpr unsigned char host[] = "localhost";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0 ||
        PEM_write_X509(create(this->certificate()).get(), certificate.get()) != 1 ||
        PEM_write_PrivateKey(create(this->key()).get(), key.get(), nullptr, nullptr, 0, nullptr,
                             nullptr) != 1)
        throw std::runtime_error("cannot make a certificate");
}

net::TlsSettings SelfSigned::settings() const {
    net::TlsSettings settings;
    settings.certificate = certificate();
    settings.key = key();
    return settings;
}

} // namespace tern::test
