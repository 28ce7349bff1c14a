#include "tests/harness/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace tern::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<FILE, decltype(&std::fclose)>;

void require(bool success, const char* what) {
    if (!success)
        throw std::runtime_error(what);
}

void set_name(X509* certificate) {
    X509_NAME* const name = X509_get_subject_name(certificate);
    const auto* const host = reinterpret_cast<const unsigned char*>("localhost");
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0) == 1, "name");
    require(X509_set_issuer_name(certificate, name) == 1, "issuer");
}

void set_validity(X509* certificate) {
    constexpr long day_s = 86400;
    X509_gmtime_adj(X509_getm_notBefore(certificate), -day_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * day_s);
}

File open(const std::filesystem::path& file) {
    File stream(std::fopen(file.c_str(), "w"), std::fclose);
    require(stream != nullptr, "cannot write a certificate");
    return stream;
}

} // namespace

Certificate make_certificate(const std::filesystem::path& folder) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const X509Certificate certificate(X509_new(), X509_free);
    require(key && certificate, "no key");
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    set_validity(certificate.get());
    set_name(certificate.get());
    require(X509_set_pubkey(certificate.get(), key.get()) == 1, "public key");
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "signature");

    const Certificate files = {folder / "certificate.pem", folder / "key.pem"};
    require(PEM_write_X509(open(files.certificate).get(), certificate.get()) == 1, "certificate");
    require(PEM_write_PrivateKey(open(files.key).get(), key.get(), nullptr, nullptr, 0, nullptr,
                                 nullptr) == 1,
            "key");
    return files;
}

} // namespace tern::test
