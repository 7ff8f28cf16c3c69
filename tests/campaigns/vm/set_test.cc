// SPDX-License-Identifier: Apache-2.0
// The recorded campaign in tests/data/campaign is what its README says.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/testbed/process.h"

namespace forewarn::campaign {
namespace {

constexpr const char* kArchive = FOREWARN_SOURCE_DIR "/tests/data/campaign/campaign.tar.gz";
constexpr std::uintmax_t kMaxBytes = 5u << 20;

using Rows = std::vector<std::vector<std::string>>;

class SetTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_);
    const auto unpacked = testbed::RunCommand({"tar", "-xzf", kArchive, "-C", directory_});
    ASSERT_TRUE(unpacked.ok()) << unpacked.error().message;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  Rows Read(const std::string& file) const {
    std::ifstream text(directory_ + "/" + file);
    Rows rows;
    std::string line;
    std::getline(text, line);
    while (std::getline(text, line)) {
      std::istringstream cells(line + ",");
      rows.emplace_back();
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }

  std::string directory_ = testing::TempDir() + "campaign-set-" + std::to_string(getpid());
};

TEST_F(SetTest, IsSmallAndHasEnoughOfEach) {
  EXPECT_LE(std::filesystem::file_size(kArchive), kMaxBytes);
  std::map<std::string, int> faults;
  for (const auto& row : Read("labels.csv")) ++faults[row[5]];
  EXPECT_EQ(faults.size(), 8u);
  int labelled = 0;
  for (const auto& [fault, count] : faults) {
    EXPECT_GE(count, 15) << fault;
    labelled += count;
  }
  EXPECT_GE(static_cast<int>(Read("series.csv").size()) - labelled, 40);
}

// What a label says lies in what was recorded, and no breach comes before its onset.
TEST_F(SetTest, ItsLabelsFitItsRecordings) {
  std::map<std::string, std::pair<double, double>> recorded;
  for (const auto& series : Read("series.csv")) {
    const Rows rows = Read(series[1]);
    ASSERT_GE(rows.size(), 80u) << series[1];
    recorded[series[0]] = {std::stod(rows.front()[0]), std::stod(rows.back()[0])};
    EXPECT_GT(std::stod(series[2]), recorded[series[0]].first);
  }
  for (const auto& label : Read("labels.csv")) {
    ASSERT_TRUE(recorded.contains(label[0])) << label[0];
    const auto [first, last] = recorded[label[0]];
    EXPECT_GT(std::stod(label[3]), first) << label[0];
    EXPECT_LE(std::stod(label[2]), last) << label[0];
    if (label[4].empty()) continue;
    EXPECT_GT(std::stod(label[4]), std::stod(label[3])) << label[0];
    EXPECT_LE(std::stod(label[4]), last) << label[0];
  }
}

}  // namespace
}  // namespace forewarn::campaign
