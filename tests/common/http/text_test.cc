// SPDX-License-Identifier: Apache-2.0
#include "common/http/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/http/client.h"
#include "common/http/server.h"
#include "common/http/url.h"
#include "common/http/wire.h"
#include "tests/common/http/gunzip.h"
#include "tests/fakes/temp_dir.h"

namespace forewarn::http {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Text, PercentCoding) {
  EXPECT_EQ(PercentEncode("a b&c=d/é~"), "a%20b%26c%3Dd%2F%C3%A9~");
  EXPECT_EQ(PercentDecode("a%20b%2f+"), "a b/+");
  EXPECT_EQ(FormDecode("a+b%2B"), "a b+");
  for (const char* broken : {"%", "%2", "%zz", "a%0", "%-1"}) EXPECT_FALSE(PercentDecode(broken)) << broken;
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_EQ(FormDecode(PercentEncode(every)), every);
}

TEST(Text, Base64) {
  for (const std::string text : {"a", "ab", "abc", "abcd", "user:pass"}) {
    EXPECT_EQ(Base64Decode(Base64Encode(text)), text);
  }
  EXPECT_EQ(Base64Encode(""), "");
  for (const char* broken : {"", "a", "abc", "a===", "ab!=", "=abc"}) EXPECT_FALSE(Base64Decode(broken)) << broken;
}

TEST(Text, Tokens) {
  EXPECT_TRUE(IsToken("X-Scope-OrgID"));
  for (const char* other : {"", "a b", "a:b", "a\r\n", "(a)", "é"}) EXPECT_FALSE(IsToken(other)) << other;
  EXPECT_TRUE(HasControlCharacters("a\nb"));
  EXPECT_TRUE(HasControlCharacters(std::string_view("\0", 1)));
  EXPECT_FALSE(HasControlCharacters("a\tb é"));
}

TEST(Text, ReadsFiles) {
  const fakes::TempDir dir;
  EXPECT_EQ(ReadFile(dir.Write("f", "a\nb")), "a\nb");
  EXPECT_FALSE(ReadFile(dir.File("absent")));
  EXPECT_FALSE(ReadFile(dir.path()));
}

TEST(Url, TakesApart) {
  const auto url = ParseUrl("https://Prometheus.Example:9443/pre/fix/?x=1#y");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->origin, "https://prometheus.example:9443");
  EXPECT_EQ(url->authority, "Prometheus.Example:9443");
  EXPECT_EQ(url->prefix, "/pre/fix");
  EXPECT_EQ(url->rest, "/pre/fix/?x=1");
  EXPECT_EQ(ParseUrl("http://h")->port, 80);
  EXPECT_EQ(ParseUrl("https://h")->port, 443);
  EXPECT_EQ(ParseUrl("http://h")->rest, "/");
  EXPECT_EQ(ParseUrl("http://[::1]:9090/")->host, "::1");
  EXPECT_EQ(ParseUrl("http://h:80/")->origin, ParseUrl("http://h")->origin);
}

TEST(Url, NoProxy) {
  EXPECT_TRUE(MatchesNoProxy("localhost, .example , 10.0.0.1", "a.EXAMPLE"));
  EXPECT_TRUE(MatchesNoProxy("example", "a.example"));
  EXPECT_TRUE(MatchesNoProxy("*", "anything"));
  EXPECT_TRUE(MatchesNoProxy("10.0.0.1", "10.0.0.1"));
  for (const char* list : {"", ",", "ample", "b.example", "10.0.0"}) EXPECT_FALSE(MatchesNoProxy(list, "a.example"));
}

TEST(Wire, WhatDoesNotShrinkIsPackedWhole) {
  std::mt19937 random(1);
  std::string noise(300'000, '\0');
  std::generate(noise.begin(), noise.end(), [&] { return static_cast<char>(random()); });
  Response response = Text(200, noise);
  CompressIfWorthwhile(response);
  EXPECT_EQ(response.headers["Content-Encoding"], "gzip");
  EXPECT_TRUE(Gunzip(response.body) == noise);
}

TEST(Wire, GzipIsTakenAsTheClientWeighsIt) {
  for (const char* accept : {"gzip", "GZIP", "deflate, gzip", "gzip;q=0.1", "*", "br;q=1.0, *;q=0.5"}) {
    EXPECT_TRUE(AcceptsGzip(accept)) << accept;
  }
  for (const char* accept : {"", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "xgzip", "deflate"}) {
    EXPECT_FALSE(AcceptsGzip(accept)) << accept;
  }
}

TEST(Wire, AResponseWithoutABodyHasNone) {
  const std::string none = Serialize(Text(204, "x"), {});
  EXPECT_THAT(none, Not(HasSubstr("Content-Length")));
  EXPECT_TRUE(none.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace forewarn::http
