// SPDX-License-Identifier: Apache-2.0
#include "common/http/authenticator.h"

#include <crypt.h>
#include <gtest/gtest.h>

#include <array>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

std::string Hash(const std::string& password) {
  crypt_data data{};
  return crypt_r(password.c_str(), "$2y$04$abcdefghijklmnopqrstuu", &data);
}

std::optional<Credentials> Parse(const std::string& decoded) {
  return ParseBasicAuth("Basic " + Base64Encode(decoded));
}

TEST(Authenticator, ReadsTheHeader) {
  const auto plain = Parse("me:a:b");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->user, "me");
  EXPECT_EQ(plain->password, "a:b");
  EXPECT_TRUE(ParseBasicAuth("bAsIc " + Base64Encode("a:")));
  for (const char* header : {"", "Basic", "Basic ", "Basic !!!!", "Bearer bWU6YQ==", "bWU6YQ=="}) {
    EXPECT_FALSE(ParseBasicAuth(header)) << header;
  }
  EXPECT_FALSE(Parse("no colon"));
  EXPECT_FALSE(Parse(std::string("me:right\0wrong", 14))) << "what stands behind a NUL would not be judged";
}

TEST(Authenticator, AcceptsWhoKnowsThePasswordAndRemembers) {
  Authenticator authenticator;
  const Authenticator::Users users{{"me", Hash("right")}, {"you", Hash("other")}};
  EXPECT_FALSE(authenticator.IsRemembered({"me", "right"}, users));
  EXPECT_TRUE(authenticator.Verify({"me", "right"}, users));
  EXPECT_TRUE(authenticator.IsRemembered({"me", "right"}, users));
  for (const Credentials& wrong : {Credentials{"me", "wrong"}, Credentials{"me", ""}, Credentials{"you", "right"},
                                   Credentials{"nobody", "right"}, Credentials{"", ""}}) {
    EXPECT_FALSE(authenticator.Verify(wrong, users)) << wrong.user;
    EXPECT_FALSE(authenticator.IsRemembered(wrong, users)) << wrong.user;
  }
}

TEST(Authenticator, WhatIsRememberedBelongsToOneHashAndOneSplitOfNameAndPassword) {
  Authenticator authenticator;
  EXPECT_TRUE(authenticator.Verify({"ab", "c"}, {{"ab", Hash("c")}}));
  EXPECT_FALSE(authenticator.IsRemembered({"ab", "c"}, {{"ab", Hash("changed")}}));
  EXPECT_FALSE(authenticator.IsRemembered({"a", "bc"}, {{"a", Hash("c")}, {"ab", Hash("c")}}));
  EXPECT_FALSE(authenticator.IsRemembered({"ab", "c"}, {}));
}

TEST(Authenticator, KnowsBcryptHashes) {
  EXPECT_TRUE(IsBcryptHash(Hash("x")));
  for (const char* hash :
       {"", "secret", "$1$abc$def", "$2y$04$short", "$6$rounds=5000$abcdefgh$xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) {
    EXPECT_FALSE(IsBcryptHash(hash)) << hash;
  }
}

}  // namespace
}  // namespace forewarn::http
