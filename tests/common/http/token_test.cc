// SPDX-License-Identifier: Apache-2.0
#include "common/http/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_dir.h"

namespace forewarn::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class TokenTest : public testing::Test {
 protected:
  std::string File(const std::string& text, std::filesystem::perms perms = std::filesystem::perms(0600)) const {
    const std::string file = dir_.Write("token", text);
    std::filesystem::permissions(file, perms);
    return file;
  }
  std::string ErrorOf(const std::string& file) const {
    const auto token = ReadToken(file);
    return token ? "" : token.error().message;
  }
  fakes::TempDir dir_;
  const std::string hex_ = std::string(64, 'a');
};

TEST_F(TokenTest, IsReadFromAFileOfItsOwner) {
  const auto token = ReadToken(File(hex_ + "\n"));
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_TRUE(SameDigest(*token, DigestOf(hex_)));
  EXPECT_FALSE(SameDigest(*token, DigestOf(hex_ + "a")));
  EXPECT_TRUE(ReadToken(File("Zm9yZXdhcm4tZm9yZXdhcm4tZm9yZXdhcm4tZm9yZXc")));
  EXPECT_THAT(ErrorOf(File(hex_, std::filesystem::perms(0640))), HasSubstr("chmod 600"));
  EXPECT_THAT(ErrorOf(dir_.File("none")), HasSubstr("cannot be read"));
}

TEST_F(TokenTest, OfLessThan256BitsIsNone) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(42, 'z'), hex_ + " " + hex_}) {
    const std::string error = ErrorOf(File(text));
    EXPECT_THAT(error, HasSubstr("256 bits")) << text;
    if (!text.empty()) {
      EXPECT_THAT(error, Not(HasSubstr(text)));
    }
  }
}

TEST_F(TokenTest, StandsInAnAuthorizationHeader) {
  EXPECT_EQ(ParseBearer("Bearer abc"), "abc");
  EXPECT_EQ(ParseBearer("bearer  abc "), "abc");
  for (const char* other : {"", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer a\"b", "Bearerabc"}) {
    EXPECT_FALSE(ParseBearer(other)) << other;
  }
}

}  // namespace
}  // namespace forewarn::http
