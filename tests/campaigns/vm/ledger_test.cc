// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/ledger.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace forewarn::campaign {
namespace {

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : directory_(testing::TempDir() + "ledger-" + std::to_string(getpid())) {
    std::filesystem::remove_all(directory_);
  }
  ~LedgerTest() override { std::filesystem::remove_all(directory_); }

  std::string Text(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(directory_ + "/" + file).rdbuf();
    return text.str();
  }
  static Plan PlanOf(int number, const std::string& fault) {
    Plan plan;
    plan.number = number;
    plan.fault = fault;
    plan.manner = "abrupt";
    plan.detail = "one, two";
    return plan;
  }
  static Done DoneOf(std::uint64_t seed) {
    return {.seed = seed, .guest = "9-1", .size = {160, 100, 32}, .onset = 1010, .breach = 1015, .scored_from = 1005};
  }

  std::string directory_;
  Recording recording_{.signals = {"a"}, .start = 1000, .columns = {std::vector<double>(21, 1.0)}};
};

TEST_F(LedgerTest, WritesWhatABacktestReads) {
  auto ledger = Ledger::Open(directory_);
  ASSERT_TRUE(ledger.ok());
  ASSERT_TRUE(ledger->Add(PlanOf(4, "disk_full"), DoneOf(9), recording_).ok());
  ASSERT_TRUE(ledger->Add(PlanOf(5, ""), DoneOf(9), recording_).ok());
  EXPECT_EQ(Text("series.csv"),
            "series,file,scored_from\ncampaign/0000,campaign__0000.csv,1005\ncampaign/0001,campaign__0001.csv,1005\n");
  EXPECT_EQ(Text("labels.csv"),
            "series,start,end,onset,breach,fault_type,detail\n"
            "campaign/0000,1010,1020,1010,1015,disk_full,abrupt: one; two\n");
  EXPECT_EQ(Text("campaign__0001.csv").substr(0, 12), "timestamp,a\n");
}

TEST_F(LedgerTest, KnowsWhatItHasAndAppendsOtherSeeds) {
  {
    auto ledger = Ledger::Open(directory_);
    ASSERT_TRUE(ledger->Add(PlanOf(4, "disk_full"), DoneOf(9), recording_).ok());
    ASSERT_TRUE(ledger->AddBad(9, 5, "why, so").ok());
  }
  auto ledger = Ledger::Open(directory_);
  EXPECT_EQ(ledger->Recorded(9), (std::set<int>{4}));
  EXPECT_TRUE(ledger->Recorded(8).empty());
  EXPECT_EQ(ledger->NextGuest(9), 2);
  EXPECT_EQ(ledger->NextGuest(8), 0);
  EXPECT_EQ(ledger->BadRuns(), 1u);
  ASSERT_TRUE(ledger->Add(PlanOf(4, ""), DoneOf(8), recording_).ok());
  EXPECT_EQ(ledger->Recorded(8), (std::set<int>{4}));
  EXPECT_EQ(ledger->Figures(), "disk_full 1 (1 breached), null 1 (1 breached)");
}

// Killed between two files: the run is done again, under another name.
TEST_F(LedgerTest, ARunThatIsNotWholeDoesNotCount) {
  auto ledger = Ledger::Open(directory_);
  std::ofstream(directory_ + "/runs.csv", std::ios::app) << "campaign/0000,9,4,9-1,160,100,32,null,steady,,\n";
  EXPECT_TRUE(ledger->Recorded(9).empty());
  ASSERT_TRUE(ledger->Add(PlanOf(4, ""), DoneOf(9), recording_).ok());
  EXPECT_NE(Text("series.csv").find("campaign/0001"), std::string::npos);
}

TEST_F(LedgerTest, AFolderThatCannotBeIsAnError) { EXPECT_FALSE(Ledger::Open("/proc/none").ok()); }

}  // namespace
}  // namespace forewarn::campaign
