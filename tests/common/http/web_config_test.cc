// SPDX-License-Identifier: Apache-2.0
#include "common/http/web_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "common/http/server.h"
#include "tests/fakes/temp_dir.h"

namespace forewarn::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class WebConfigTest : public testing::Test {
 protected:
  WebConfig Good(const std::string& text) {
    auto config = LoadWebConfig(dir_.Write("web.yaml", text));
    EXPECT_TRUE(config) << config.error().message;
    return config ? *config : WebConfig{};
  }
  std::string Mistake(const std::string& text) {
    const auto config = LoadWebConfig(dir_.Write("web.yaml", text));
    EXPECT_FALSE(config) << text;
    return config ? "" : config.error().message;
  }

  fakes::TempDir dir_;
};

TEST_F(WebConfigTest, TakesAllOfExporterToolkitsKeys) {
  const WebConfig config = Good(R"(
tls_server_config:
  cert_file: server.crt
  key_file: /etc/server.key
  client_ca_file: ca.crt
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [scraper.example]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305, TLS_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [CurveP256, X25519]
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  alice: $2y$04$AXH8tV1bjrhtAn4A/iRcHuEP/JMsFUQaxzPU8oxZ4sDdxZ2Ia.lB.
rate_limit:
  interval: 1s
  burst: 20
)");
  ASSERT_TRUE(config.tls);
  EXPECT_EQ(config.tls->cert_file, dir_.File("server.crt"));  // relative to the file's folder
  EXPECT_EQ(config.tls->key_file, "/etc/server.key");
  EXPECT_EQ(config.tls->client_ca_file, dir_.File("ca.crt"));
  EXPECT_EQ(config.tls->client_auth, ClientAuth::kRequireAndVerify);
  EXPECT_THAT(config.tls->client_allowed_sans, ElementsAre("scraper.example"));
  EXPECT_EQ(config.tls->min_version, TLS1_3_VERSION);
  EXPECT_EQ(config.tls->ciphers, "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305");
  EXPECT_EQ(config.tls->groups, "P-256:X25519");
  EXPECT_FALSE(config.tls->prefer_server_ciphers);
  EXPECT_THAT(config.headers,
              ElementsAre(Pair("X-Frame-Options", "deny"), Pair("Strict-Transport-Security", "max-age=31536000")));
  EXPECT_EQ(config.users.count("alice"), 1u);
  EXPECT_EQ(config.rate_interval, std::chrono::seconds(1));
  EXPECT_EQ(config.rate_burst, 20);
}

TEST_F(WebConfigTest, WhatIsNotGivenIsSafe) {
  const WebConfig config = Good("tls_server_config: {cert_file: a, key_file: b}\n");
  EXPECT_EQ(config.tls->min_version, TLS1_2_VERSION);
  EXPECT_EQ(config.tls->max_version, TLS1_3_VERSION);
  EXPECT_EQ(config.tls->client_auth, ClientAuth::kNone);
  EXPECT_TRUE(config.tls->prefer_server_ciphers);
  EXPECT_FALSE(Good("basic_auth_users: {}\n").tls);
}

TEST_F(WebConfigTest, MistakesAreToldWithTheirPlace) {
  const std::string tls = "tls_server_config:\n  cert_file: a\n  key_file: b\n";
  const std::map<std::string, std::string> mistakes = {
      {"tls_config: {}\n", "web.yaml:1: tls_config"},
      {tls + "  cert: x\n", "cert and cert_file exclude each other"},
      {"tls_server_config:\n  cert_file: a\n", "key_file is missing"},
      {tls + "  client_auth_type: Sometimes\n",
       "web.yaml:4: tls_server_config.client_auth_type: must be one of NoClie"},
      {tls + "  client_auth_type: RequireAndVerifyClientCert\n", "client_auth_type needs a client_ca_file"},
      {tls + "  client_ca_file: c\n", "client_ca without a client_auth_type"},
      {tls + "  client_allowed_sans: [x]\n", "client_allowed_sans needs"},
      {tls + "  min_version: TLS10\n", "must be one of TLS12, TLS13"},
      {tls + "  min_version: TLS13\n  max_version: TLS12\n", "min_version is over max_version"},
      {tls + "  cipher_suites: [RC4]\n", "not a cipher suite known here"},
      {tls + "  curve_preferences: [P-256]\n", "must be one of CurveP256"},
      {"http_server_config: {headers: {X-Mine: x}}\n", "this header cannot be set"},
      {"http_server_config: {headers: {X-Frame-Options: maybe}}\n", "must be one of: deny sameorigin"},
      {"http_server_config: {http2: sometimes}\n", "http2"},
      {"basic_auth_users: {me: secret}\n", "basic_auth_users.me: not a bcrypt hash"},
      {"rate_limit: {interval: 1s, burst: 0}\n", "burst must be at least 1"},
  };
  for (const auto& [text, message] : mistakes) EXPECT_THAT(Mistake(text), HasSubstr(message)) << text;
}

TEST_F(WebConfigTest, AHashIsNeverTold) {
  EXPECT_THAT(Mistake("basic_auth_users: {me: hunter2}\n"), testing::Not(HasSubstr("hunter2")));
}

TEST_F(WebConfigTest, CheckingReadsTheCertificatesToo) {
  EXPECT_TRUE(CheckWebConfig(dir_.Write("web.yaml", "rate_limit: {interval: 1s}\n")));
  const auto checked = CheckWebConfig(dir_.Write("web.yaml", "tls_server_config: {cert_file: a, key_file: b}\n"));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("cert_file " + dir_.File("a") + " cannot be read"));
  EXPECT_FALSE(CheckWebConfig(dir_.File("absent.yaml")));
}

}  // namespace
}  // namespace forewarn::http
