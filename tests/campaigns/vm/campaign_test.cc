// SPDX-License-Identifier: Apache-2.0
// The whole command on real guests, as short as it can be.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/campaigns/vm/ledger.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/process.h"

namespace forewarn::campaign {
namespace {

constexpr auto kPatience = std::chrono::minutes(4);

TEST(CampaignTest, RecordsTwoRunsOfRealGuests) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  const std::string out = testing::TempDir() + "campaign-" + std::to_string(getpid());
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fault-campaign";
  const auto ran = testbed::RunCommand(
      {program, "--runs", "2", "--seed", "5", "--out", out, "--guests", "2", "--run-seconds", "20"}, kPatience);
  EXPECT_TRUE(ran.ok()) << ran.error().message;
  const auto ledger = Ledger::Open(out);
  ASSERT_TRUE(ledger.ok());
  EXPECT_EQ(ledger->Recorded(5), (std::set<int>{0, 1}));
  std::filesystem::remove_all(out);
}

TEST(CampaignTest, SaysWhatItWants) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fault-campaign";
  EXPECT_FALSE(testbed::RunCommand({program, "--runs", "2"}).ok());
  const auto help = testbed::RunCommand({program, "--help"});
  ASSERT_TRUE(help.ok());
  EXPECT_NE(help->find("--runs-per-guest"), std::string::npos);
}

}  // namespace
}  // namespace forewarn::campaign
