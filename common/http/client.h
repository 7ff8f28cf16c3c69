// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/config/yaml.h"

// Outbound HTTP (cpp-httplib): Prometheus' http_config, a cap on the decoded body, one deadline for the whole call, no
// redirect to another origin. Thread-safe; keeps connections alive.
namespace forewarn::http {

// Prometheus' http_config, key for key. What the client cannot do (oauth2, proxy_connect_header) is a config error.
struct ClientConfig {
  std::string basic_username, basic_username_file, basic_password, basic_password_file;
  std::string authorization_type = "Bearer", authorization_credentials, authorization_credentials_file;
  std::string ca_file, cert_file, key_file, server_name;
  int min_tls_version = 0x0303;  // as on the wire: 0x0303 is TLS 1.2, 0x0304 TLS 1.3
  bool insecure_skip_verify = false;
  bool follow_redirects = true;
  std::string proxy_url, no_proxy;
  std::multimap<std::string, std::string> headers;       // http_headers values and secrets
  std::multimap<std::string, std::string> header_files;  // http_headers files, re-read per request
};

// Takes http_config's keys out of `map` (which may hold others beside them); mistakes are recorded in its document.
ClientConfig DecodeClientConfig(const config::Map& map);

struct ClientRequest {
  std::string method = "GET";
  std::string path;  // below the base URL's path, with query, encoded: "/api/v1/query?x=y"
  std::string body;
  std::string content_type;
  std::map<std::string, std::string> headers;
};

struct ClientResponse {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
};

class Client {
 public:
  // base_url: scheme://host[:port][/prefix]
  static base::Result<std::unique_ptr<Client>> Create(const std::string& base_url, ClientConfig config,
                                                      std::string user_agent);
  virtual ~Client() = default;
  // kTimeout after `timeout` in all; kUnavailable where no connection could be had; kInvalid where the body is over
  // max_body. Any HTTP status is a success here. Bodies may be gzip, unless the request names its own Accept-Encoding.
  base::Result<ClientResponse> Send(const ClientRequest& request, base::Duration timeout, std::size_t max_body) {
    return Send(request, timeout, max_body, {});
  }
  // The body comes into the memory of `buffer`, that of an earlier one: the first touch of new memory costs more than
  // what is done with it.
  virtual base::Result<ClientResponse> Send(const ClientRequest& request, base::Duration timeout, std::size_t max_body,
                                            std::string buffer) = 0;
};

std::string PercentEncode(std::string_view text);  // application/x-www-form-urlencoded value

}  // namespace forewarn::http
