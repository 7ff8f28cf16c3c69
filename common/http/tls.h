// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "common/base/result.h"
#include "common/http/web_config.h"

namespace forewarn::http {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// A server's context. Reads the certificate files: a new context is how they are reloaded.
base::Result<TlsContext> MakeServerContext(const TlsConfig& config);

// Whether the client's certificate carries one of the names (DNS, IP address, e-mail or URI, exactly). No names: true.
bool HasAllowedName(SSL* connection, const std::vector<std::string>& names);

// The common name in the client's certificate; empty where there is none, or where it was not verified against
// client_ca.
std::string VerifiedName(SSL* connection);

}  // namespace forewarn::http
