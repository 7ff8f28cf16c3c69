// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/suite.h"

#include <gmock/gmock.h>

#include "tests/cli/backtest/files.h"

namespace forewarn::trials {
namespace {

using testing::HasSubstr;

TEST(Suite, TheExampleIsOne) {
  const auto suite = LoadSuite(FOREWARN_SOURCE_DIR "/docs/examples/game-day.yaml");
  ASSERT_TRUE(suite) << suite.error().message;
  EXPECT_EQ(suite->timeout, std::chrono::minutes(15));
  ASSERT_EQ(suite->experiments.size(), 2u);
  EXPECT_EQ(suite->experiments[0].fault, "DiskContention");
  EXPECT_EQ(suite->experiments[0].name, "");
  EXPECT_EQ(suite->experiments[1].domain, "web-2");
  EXPECT_EQ(suite->experiments[1].name, "disk-on-canary");
}

TEST(Suite, MistakesAreNamedWithTheirPlaces) {
  backtest::Files files;
  for (const auto& [text, what] :
       std::map<std::string, std::string>{{"experiments: []\n", "nothing is to be run"},
                                          {"name: day\n", "experiments"},
                                          {"experiments: [{domain: web-1}]\n", "fault"},
                                          {"experiments: [{domain: web-1, fault: F, nmae: x}]\n", "nmae"},
                                          {"poll: 1ms\nexperiments: [{domain: web-1, fault: F}]\n", "poll must be"}}) {
    const auto suite = LoadSuite(files.Write("suite.yaml", text));
    ASSERT_FALSE(suite) << text;
    EXPECT_THAT(suite.error().message, HasSubstr(what));
    EXPECT_THAT(suite.error().message, HasSubstr("suite.yaml:"));
  }
  EXPECT_FALSE(LoadSuite("/does/not/exist"));
}

}  // namespace
}  // namespace forewarn::trials
