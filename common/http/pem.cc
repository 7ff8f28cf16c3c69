// SPDX-License-Identifier: Apache-2.0
#include "common/http/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* cert) const { X509_free(cert); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> Reader(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// An encrypted key is an error, not a question on the terminal.
int NoPassword(char*, int, int, void*) { return 0; }

Owned<X509> NextCertificate(BIO* bio) { return Owned<X509>(PEM_read_bio_X509(bio, nullptr, NoPassword, nullptr)); }

}  // namespace

std::string LastTlsError() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason ? reason : "unusable";
}

Result<std::string> PemText(const std::string& text, const std::string& file, const std::string& what) {
  if (!text.empty()) return text;
  auto read = ReadFile(file);
  if (!read) return Error{ErrorCode::kUnavailable, what + "_file " + file + " cannot be read"};
  return std::move(*read);
}

Result<void> UseCertificate(const std::string& cert, const std::string& key, SSL_CTX* context) {
  const auto certs = Reader(cert);
  const auto own = NextCertificate(certs.get());
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) {
    return Error{ErrorCode::kInvalid, "cert: " + LastTlsError()};
  }
  SSL_CTX_clear_chain_certs(context);
  while (const auto next = NextCertificate(certs.get())) SSL_CTX_add1_chain_cert(context, next.get());
  ERR_clear_error();  // the end of the text is one
  const auto keys = Reader(key);
  const Owned<EVP_PKEY> own_key(PEM_read_bio_PrivateKey(keys.get(), nullptr, NoPassword, nullptr));
  if (!own_key || SSL_CTX_use_PrivateKey(context, own_key.get()) != 1) {
    return Error{ErrorCode::kInvalid, "key: " + LastTlsError()};
  }
  if (SSL_CTX_check_private_key(context) != 1) return Error{ErrorCode::kInvalid, "key: " + LastTlsError()};
  return {};
}

Result<void> AddAuthorities(const std::string& text, X509_STORE* store) {
  const auto certs = Reader(text);
  int count = 0;
  while (const auto next = NextCertificate(certs.get())) count += X509_STORE_add_cert(store, next.get());
  ERR_clear_error();
  if (count == 0) return Error{ErrorCode::kInvalid, "ca: no certificate in it"};
  return {};
}

}  // namespace forewarn::http
