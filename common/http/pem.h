// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "common/base/result.h"

// Certificates and keys in PEM, for the server's and the client's TLS. No error carries key material.
namespace forewarn::http {

// The text given inline, or else the file's.
base::Result<std::string> PemText(const std::string& text, const std::string& file, const std::string& what);
// The first certificate is ours, the others its chain; the key must be its own, and not encrypted.
base::Result<void> UseCertificate(const std::string& cert, const std::string& key, SSL_CTX* context);
base::Result<void> AddAuthorities(const std::string& certs, X509_STORE* store);
// The oldest error of OpenSSL's queue, in words; empties the queue.
std::string LastTlsError();

}  // namespace forewarn::http
