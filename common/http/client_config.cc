// SPDX-License-Identifier: Apache-2.0
#include <openssl/ssl.h>

#include <algorithm>

#include "common/http/client.h"
#include "common/http/text.h"

// https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config
namespace forewarn::http {
namespace {

using config::Map;
using config::Node;

void NotBoth(const Map& map, std::string_view a, std::string_view b) {
  if (map.Find(a) && map.Find(b)) map.Fail(std::string(a) + " and " + std::string(b) + " exclude each other");
}

// A value that will stand in a header.
std::string HeaderText(const Node& node) {
  std::string text = node.String();
  if (HasControlCharacters(text)) node.Fail("holds control characters");
  return text;
}

void DecodeBasicAuth(const Map& map, ClientConfig& config) {
  NotBoth(map, "username", "username_file");
  NotBoth(map, "password", "password_file");
  config.basic_username = map.String("username");
  config.basic_username_file = map.String("username_file");
  config.basic_password = map.String("password");
  config.basic_password_file = map.String("password_file");
  if (config.basic_username.empty() && config.basic_username_file.empty()) map.Fail("a username is required");
}

void DecodeAuthorization(const Map& map, ClientConfig& config) {
  NotBoth(map, "credentials", "credentials_file");
  if (const auto type = map.Find("type")) config.authorization_type = HeaderText(*type);
  if (EqualIgnoringCase(config.authorization_type, "basic")) map.Fail("type: use basic_auth for Basic");
  if (const auto credentials = map.Find("credentials")) config.authorization_credentials = HeaderText(*credentials);
  config.authorization_credentials_file = map.String("credentials_file");
}

void DecodeTls(const Map& map, ClientConfig& config) {
  config.ca_file = map.String("ca_file");
  config.cert_file = map.String("cert_file");
  config.key_file = map.String("key_file");
  config.server_name = map.String("server_name");
  config.insecure_skip_verify = map.Bool("insecure_skip_verify", false);
  if (config.cert_file.empty() != config.key_file.empty()) map.Fail("cert_file and key_file go together");
  const std::string min = map.String("min_version", "TLS12");
  if (min != "TLS12" && min != "TLS13") map.Find("min_version")->Fail("must be TLS12 or TLS13");
  config.min_tls_version = min == "TLS13" ? TLS1_3_VERSION : TLS1_2_VERSION;
  for (const char* key : {"ca", "cert", "key", "max_version"}) {
    if (const auto node = map.Find(key)) node->Fail("not supported");
  }
}

// Those that the client sets by itself, or that would change the framing, as in Prometheus' common/config/headers.go.
bool IsReserved(std::string_view name) {
  constexpr std::string_view kReserved[] = {"accept-encoding",
                                            "authorization",
                                            "connection",
                                            "content-encoding",
                                            "content-length",
                                            "content-type",
                                            "expect",
                                            "host",
                                            "keep-alive",
                                            "proxy-authenticate",
                                            "proxy-authorization",
                                            "te",
                                            "trailer",
                                            "transfer-encoding",
                                            "upgrade",
                                            "user-agent",
                                            "www-authenticate"};
  return std::find(std::begin(kReserved), std::end(kReserved), ToLower(name)) != std::end(kReserved);
}

void DecodeHeaders(const Node& node, ClientConfig& config) {
  for (const auto& [name, entry] : node.Entries()) {
    if (!IsToken(name)) entry.Fail("not a header name");
    if (IsReserved(name)) entry.Fail("this header cannot be set");
    const Map map = entry.AsMap();
    for (const char* key : {"values", "secrets"}) {
      if (const auto list = map.Find(key)) {
        for (const Node& value : list->Items()) config.headers.emplace(name, HeaderText(value));
      }
    }
    for (const std::string& file : map.Strings("files")) config.header_files.emplace(name, file);
  }
}

}  // namespace

ClientConfig DecodeClientConfig(const Map& map) {
  ClientConfig config;
  NotBoth(map, "basic_auth", "authorization");
  if (const auto node = map.Find("basic_auth")) DecodeBasicAuth(node->AsMap(), config);
  if (const auto node = map.Find("authorization")) DecodeAuthorization(node->AsMap(), config);
  if (const auto node = map.Find("tls_config")) DecodeTls(node->AsMap(), config);
  if (const auto node = map.Find("http_headers")) DecodeHeaders(*node, config);
  config.follow_redirects = map.Bool("follow_redirects", true);
  (void)map.Bool("enable_http2", true);  // HTTP/1.1 is spoken whatever it says
  config.proxy_url = map.String("proxy_url");
  config.no_proxy = map.String("no_proxy");
  for (const char* key : {"oauth2", "proxy_connect_header", "proxy_from_environment"}) {
    if (const auto node = map.Find(key)) node->Fail("not supported");
  }
  return config;
}

}  // namespace forewarn::http
