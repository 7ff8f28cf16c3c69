// SPDX-License-Identifier: Apache-2.0
// What the predictor makes of the recorded campaign may get better, and not worse.
#include <regex>

#include "tests/cli/fixture.h"

namespace forewarn::cli {
namespace {

class CampaignTest : public CliTest {
 protected:
  // The first number that the pattern catches in what was said; -1: none.
  double Said(const std::string& pattern) const {
    std::smatch found;
    return std::regex_search(output_, found, std::regex(pattern)) ? std::stod(found[1]) : -1;
  }
};

TEST_F(CampaignTest, FaultsAreNamedAndForetoldAndQuietMachinesLeftAlone) {
  const std::string archive = FOREWARN_SOURCE_DIR "/tests/data/campaign/campaign.tar.gz";
  const std::string directory = files_.Path("campaign");
  std::filesystem::create_directory(directory);
  ASSERT_TRUE(testbed::RunCommand({"tar", "-xzf", archive, "-C", directory}));
  ASSERT_EQ(Call({"backtest", "--csv", directory, "--output", files_.Path("said.csv"), "--confusion"}), 0) << output_;
  EXPECT_GE(Said("balanced accuracy ([0-9.]+)"), 0.8) << output_;
  // score 1, any: windows, precision, recall, median lead, false alarms, per day, share early, lead / onset to breach,
  // scrapes until 90 % of the abrupt ones
  const std::string row = "score 1 +any +\\d+ +[0-9.]+ +[0-9.]+ +\\d+s +";
  EXPECT_LE(Said(row + "(\\d+)"), 15) << output_;
  EXPECT_GE(Said(row + "\\d+ +[0-9.]+ +([0-9.]+)"), 0.9) << output_;
  EXPECT_GE(Said(row + "\\d+ +[0-9.]+ +[0-9.]+ +([0-9.]+)"), 0.5) << output_;
  const double scrapes = Said(row + "\\d+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +(\\d+)");
  EXPECT_TRUE(scrapes >= 1 && scrapes <= 3) << output_;
}

}  // namespace
}  // namespace forewarn::cli
