// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/architecture/check.h"

namespace forewarn::architecture {
namespace {

TEST(Architecture, TheTreeKeepsTheRulesOfTheHouse) {
  const Report report = Check(FOREWARN_SOURCE_DIR);
  EXPECT_GT(report.files, 50U) << "nothing was looked at";
  for (const std::string& violation : report.violations) {
    ADD_FAILURE() << violation;
  }
}

TEST(House, IsReadFromTheTableInCMake) {
  const House house(std::string(FOREWARN_SOURCE_DIR) + "/CMakeLists.txt");
  EXPECT_GE(house.rooms().size(), 20U);
  const Room* config = house.Find("common/config");
  ASSERT_NE(config, nullptr);
  EXPECT_EQ(config->uses, std::set<std::string>{"common/base"});
  EXPECT_EQ(config->packages, std::set<std::string>{"yaml-cpp"});
  EXPECT_FALSE(config->is_program);
  const Room* webhook = house.Find("webhook");
  ASSERT_NE(webhook, nullptr);
  EXPECT_TRUE(webhook->is_program);
  EXPECT_TRUE(house.Visible(*webhook).contains("webhook/guard"));  // over the engine
  EXPECT_EQ(house.Find("common"), nullptr);
}

TEST(Words, AreTakenOutOfNamesAndText) {
  const auto words = WordsOf("int kMaxAlerts = old_fault; // default: SIGSEGV");
  for (const char* word : {"max", "alerts", "old", "fault", "default"}) {
    EXPECT_EQ(std::count(words.begin(), words.end(), word), 1) << word;
  }
}

TEST(Code, EndsWhereTheCommentBegins) {
  EXPECT_EQ(CodeOf("f(); // SystemClock()"), "f(); ");
  EXPECT_EQ(CodeOf("f(\"http://x\"); g();"), "f(\"http://x\"); g();");
  EXPECT_EQ(CodeOf("f(\"\\\"//\"); // x"), "f(\"\\\"//\"); ");
}

}  // namespace
}  // namespace forewarn::architecture
