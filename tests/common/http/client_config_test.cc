// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "common/http/client.h"

namespace forewarn::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

struct Decoded {
  ClientConfig config;
  std::string mistakes;  // empty: none
};

Decoded Decode(const std::string& text) {
  const auto document = config::Document::Parse("c.yaml", text);
  if (!document) return {{}, document.error().message};
  Decoded decoded{DecodeClientConfig(document->Root().AsMap()), {}};
  if (const auto done = document->Finish(); !done) decoded.mistakes = done.error().message;
  return decoded;
}

TEST(ClientConfig, TakesPrometheusKeys) {
  const auto [config, mistakes] = Decode(R"(
authorization: {type: Token, credentials_file: /run/token}
tls_config: {ca_file: ca, cert_file: c, key_file: k, server_name: n, insecure_skip_verify: true, min_version: TLS13}
follow_redirects: false
enable_http2: false
proxy_url: http://proxy:3128
no_proxy: localhost,.example
http_headers:
  X-Scope-OrgID: {values: [a, b], secrets: [c], files: [/run/tenant]}
)");
  EXPECT_EQ(mistakes, "");
  EXPECT_EQ(config.authorization_type, "Token");
  EXPECT_EQ(config.authorization_credentials_file, "/run/token");
  EXPECT_EQ(config.ca_file + config.cert_file + config.key_file + config.server_name, "cackn");
  EXPECT_TRUE(config.insecure_skip_verify);
  EXPECT_EQ(config.min_tls_version, TLS1_3_VERSION);
  EXPECT_FALSE(config.follow_redirects);
  EXPECT_EQ(config.proxy_url, "http://proxy:3128");
  EXPECT_EQ(config.no_proxy, "localhost,.example");
  EXPECT_THAT(config.headers,
              ElementsAre(Pair("X-Scope-OrgID", "a"), Pair("X-Scope-OrgID", "b"), Pair("X-Scope-OrgID", "c")));
  EXPECT_THAT(config.header_files, ElementsAre(Pair("X-Scope-OrgID", "/run/tenant")));
}

TEST(ClientConfig, NothingGivenIsPlainAndSafe) {
  const auto [config, mistakes] = Decode("{}");
  EXPECT_EQ(mistakes, "");
  EXPECT_FALSE(config.insecure_skip_verify);
  EXPECT_TRUE(config.follow_redirects);
  EXPECT_EQ(config.authorization_type, "Bearer");
  EXPECT_EQ(config.min_tls_version, TLS1_2_VERSION);
}

TEST(ClientConfig, MistakesAreToldWithTheirPlace) {
  const std::map<std::string, std::string> mistakes = {
      {"basic_auth: {username: a}\nauthorization: {credentials: b}\n", "exclude each other"},
      {"basic_auth: {username: a, username_file: b}\n", "username and username_file exclude each other"},
      {"basic_auth: {username: a, password: b, password_file: c}\n", "password and password_file exclude each other"},
      {"basic_auth: {password: b}\n", "a username is required"},
      {"basic_auth: {user: a}\n", "c.yaml:1: basic_auth.user"},
      {"authorization: {credentials: a, credentials_file: b}\n", "exclude each other"},
      {"authorization: {type: basic}\n", "use basic_auth"},
      {"authorization: {credentials: \"a\\r\\nX: b\"}\n", "control characters"},
      {"tls_config: {cert_file: c}\n", "cert_file and key_file go together"},
      {"tls_config: {min_version: TLS10}\n", "c.yaml:1: tls_config.min_version: must be TLS12 or TLS13"},
      {"oauth2: {client_id: a}\n", "oauth2: not supported"},
      {"proxy_connect_header: {a: [b]}\n", "proxy_connect_header: not supported"},
      {"http_headers: {'a b': {values: [x]}}\n", "not a header name"},
      {"http_headers: {Authorization: {values: [x]}}\n", "this header cannot be set"},
      {"http_headers: {content-length: {values: ['1']}}\n", "this header cannot be set"},
      {"http_headers: {X-A: {values: [\"a\\nb\"]}}\n", "control characters"},
      {"http_headers: {X-A: {value: a}}\n", "http_headers.X-A.value"},
      {"follow_redirects: perhaps\n", "follow_redirects"},
  };
  for (const auto& [text, message] : mistakes) EXPECT_THAT(Decode(text).mistakes, HasSubstr(message)) << text;
}

}  // namespace
}  // namespace forewarn::http
