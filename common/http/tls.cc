// SPDX-License-Identifier: Apache-2.0
#include "common/http/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "common/http/pem.h"
#include "common/http/text.h"

namespace forewarn::http {
namespace {

namespace ssl = boost::asio::ssl;
using base::Error;
using base::ErrorCode;
using base::Result;

int AcceptAnyCertificate(int, X509_STORE_CTX*) { return 1; }

Result<void> SetClientAuth(const TlsConfig& config, SSL_CTX* context) {
  if (!config.client_ca.empty() || !config.client_ca_file.empty()) {
    const auto ca = PemText(config.client_ca, config.client_ca_file, "client_ca");
    if (!ca) return ca.error();
    if (auto done = AddAuthorities(*ca, SSL_CTX_get_cert_store(context)); !done) return done;
  }
  int mode = SSL_VERIFY_NONE;
  if (config.client_auth != ClientAuth::kNone) mode = SSL_VERIFY_PEER;
  if (config.client_auth == ClientAuth::kRequireAny || config.client_auth == ClientAuth::kRequireAndVerify) {
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  const bool verifies =
      config.client_auth == ClientAuth::kVerifyIfGiven || config.client_auth == ClientAuth::kRequireAndVerify;
  SSL_CTX_set_verify(context, mode, verifies ? nullptr : AcceptAnyCertificate);
  return {};
}

Result<void> SetProtocol(const TlsConfig& config, SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, config.min_version);
  SSL_CTX_set_max_proto_version(context, config.max_version);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  if (config.prefer_server_ciphers) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (!config.ciphers.empty() && SSL_CTX_set_cipher_list(context, config.ciphers.c_str()) != 1) {
    return Error{ErrorCode::kInvalid, "cipher_suites: " + LastTlsError()};
  }
  if (!config.groups.empty() && SSL_CTX_set1_groups_list(context, config.groups.c_str()) != 1) {
    return Error{ErrorCode::kInvalid, "curve_preferences: " + LastTlsError()};
  }
  // Sessions are resumed only within one set of settings: a context lives as long as its files stay the same.
  constexpr std::array<unsigned char, 8> kSessionContext{'f', 'o', 'r', 'e', 'w', 'a', 'r', 'n'};
  SSL_CTX_set_session_id_context(context, kSessionContext.data(), kSessionContext.size());
  return {};
}

Result<void> SetUp(const TlsConfig& config, SSL_CTX* context) {
  const auto cert = PemText(config.cert, config.cert_file, "cert");
  if (!cert) return cert.error();
  const auto key = PemText(config.key, config.key_file, "key");
  if (!key) return key.error();
  if (auto done = UseCertificate(*cert, *key, context); !done) return done;
  if (auto done = SetClientAuth(config, context); !done) return done;
  return SetProtocol(config, context);
}

std::string_view View(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string AddressText(std::string_view bytes) {
  namespace ip = boost::asio::ip;
  if (bytes.size() == 4) {
    ip::address_v4::bytes_type raw{};
    std::copy(bytes.begin(), bytes.end(), raw.begin());
    return ip::address_v4(raw).to_string();
  }
  if (bytes.size() != 16) return {};
  ip::address_v6::bytes_type raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return ip::address_v6(raw).to_string();
}

std::string NameText(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return std::string(View(name.d.dNSName));
    case GEN_EMAIL:
      return std::string(View(name.d.rfc822Name));
    case GEN_URI:
      return std::string(View(name.d.uniformResourceIdentifier));
    case GEN_IPADD:
      return AddressText(View(name.d.iPAddress));
    default:
      return {};
  }
}

}  // namespace

Result<TlsContext> MakeServerContext(const TlsConfig& config) {
  try {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    if (auto done = SetUp(config, context->native_handle()); !done) return done.error();
    return context;
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, error.what()};
  }
}

bool HasAllowedName(SSL* connection, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const std::unique_ptr<X509, decltype(&X509_free)> cert(SSL_get1_peer_certificate(connection), X509_free);
  if (!cert) return false;
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> found(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(cert.get(), NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  for (int i = 0; found && i < sk_GENERAL_NAME_num(found.get()); ++i) {
    const std::string text = NameText(*sk_GENERAL_NAME_value(found.get(), i));
    if (!text.empty() && std::find(names.begin(), names.end(), text) != names.end()) return true;
  }
  return false;
}

// A certificate that anybody may have made is taken by a callback of ours; then there is one.
std::string VerifiedName(SSL* connection) {
  if (SSL_get_verify_callback(connection) != nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
  const std::unique_ptr<X509, decltype(&X509_free)> cert(SSL_get1_peer_certificate(connection), X509_free);
  if (!cert) return {};
  const X509_NAME* const subject = X509_get_subject_name(cert.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  return std::string(View(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
}

}  // namespace forewarn::http
