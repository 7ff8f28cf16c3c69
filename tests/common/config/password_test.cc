// SPDX-License-Identifier: Apache-2.0
#include "common/config/password.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/fakes/temp_dir.h"

namespace forewarn::config {
namespace {

using std::filesystem::perms;
using ::testing::HasSubstr;

class PasswordTest : public ::testing::Test {
 protected:
  std::string File(perms rights) {
    const std::string path = folder_.Write("password", "secret\nmore\n");
    std::filesystem::permissions(path, rights);
    return path;
  }
  fakes::TempDir folder_;
};

TEST_F(PasswordTest, IsTheFirstLine) {
  EXPECT_EQ(ReadPassword(File(perms::owner_read | perms::owner_write)).value(), "secret");
}

TEST_F(PasswordTest, NoFileIsNoPassword) { EXPECT_EQ(ReadPassword("").value(), ""); }

TEST_F(PasswordTest, IsForItsOwnerOnly) {
  const auto read = ReadPassword(File(perms::owner_read | perms::group_read));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, base::ErrorCode::kInvalid);
  EXPECT_THAT(read.error().message, HasSubstr("0600"));
}

TEST_F(PasswordTest, AMissingFileIsNamed) {
  EXPECT_THAT(ReadPassword("/nonexistent/password").error().message, HasSubstr("/nonexistent/password"));
}

}  // namespace
}  // namespace forewarn::config
