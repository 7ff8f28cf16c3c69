// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

// The web config file, key for key as exporter-toolkit's:
// https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
namespace forewarn::http {

enum class ClientAuth { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };

struct TlsConfig {
  std::string cert, key, client_ca;                 // PEM text; empty where a file is given
  std::string cert_file, key_file, client_ca_file;  // relative ones are resolved against the web config's folder
  ClientAuth client_auth = ClientAuth::kNone;
  std::vector<std::string> client_allowed_sans;  // empty: any
  int min_version = 0, max_version = 0;          // OpenSSL's TLS1_x_VERSION
  std::string ciphers;  // OpenSSL's names for TLS 1.2, joined by ":"; empty: OpenSSL's own choice
  std::string groups;   // OpenSSL's names of curves, joined by ":"; empty: OpenSSL's own choice
  bool prefer_server_ciphers = true;
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<std::pair<std::string, std::string>> headers;  // on every response
  std::map<std::string, std::string> users;                  // name → bcrypt hash; empty: no authentication
  base::Duration rate_interval{};                            // one request per interval; zero: no limit
  double rate_burst = 1;
};

// Every mistake as "file:line: key: what". Reads no file but `path`.
base::Result<WebConfig> LoadWebConfig(const std::string& path);

}  // namespace forewarn::http
