// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/model.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace forewarn::testbed {
namespace {

const ModelSettings kSettings{.iops_limit = 150, .memory_mib = 192};

double Value(const Model& model, const std::string& series) {
  const std::string text = "\n" + model.Metrics();
  const std::size_t at = text.find("\n" + series + " ");
  EXPECT_NE(at, std::string::npos) << series;
  return std::atof(text.c_str() + at + series.size() + 2);
}

// The growth per second of a counter.
double Rate(Model& model, const ModelSettings& settings, const std::string& counter, double seconds = 10) {
  const double before = Value(model, counter);
  model.Advance(settings, seconds);
  return (Value(model, counter) - before) / seconds;
}

void Tell(Model& model, const std::string& line) {
  const auto command = guest::ParseCommand(line);
  ASSERT_TRUE(command.has_value()) << line;
  model.Obey(*command);
}

constexpr const char* kBusy = R"(node_disk_io_time_seconds_total{device="vda"})";
constexpr const char* kReads = R"(node_disk_reads_completed_total{device="vda"})";

TEST(ModelTest, AnIdleMachineIsNearlyIdle) {
  Model model(1);
  EXPECT_GT(Rate(model, kSettings, R"(node_cpu_seconds_total{cpu="0",mode="idle"})"), 0.9);
  EXPECT_LT(Rate(model, kSettings, kBusy), 0.05);
  EXPECT_LT(model.ServiceSeconds(), 0.05);
  EXPECT_NEAR(Value(model, "node_memory_MemAvailable_bytes") / (1 << 20), 105, 5);
}

TEST(ModelTest, UtilisationGrowsWithTheLoadUntilTheLimitAndHigherLimitsRelieveIt) {
  Model model(1);
  Tell(model, "disk 60 60 0");
  const double light = Rate(model, kSettings, kBusy);
  Tell(model, "disk 120 120 0");
  const double heavy = Rate(model, kSettings, kBusy);
  EXPECT_GT(light, 0.02);
  EXPECT_GT(heavy, light + 0.2);
  EXPECT_LT(heavy, 0.9);
  Tell(model, "disk 190 190 0");
  model.Advance(kSettings, 10);
  EXPECT_GT(Rate(model, kSettings, kBusy), 0.98);
  EXPECT_NEAR(Rate(model, kSettings, kReads), 75, 5);
  EXPECT_GT(model.ServiceSeconds(), 0.5);
  const ModelSettings twice{.iops_limit = 300, .memory_mib = 192};
  model.Advance(twice, 5);
  EXPECT_LT(Rate(model, twice, kBusy), 0.6);
  EXPECT_LT(model.ServiceSeconds(), 0.4);
}

TEST(ModelTest, ARampReachesItsEndInTheTimeGiven) {
  Model model(1);
  Tell(model, "disk 0 100 20");
  EXPECT_NEAR(Rate(model, {.iops_limit = 0, .memory_mib = 192}, kReads, 20), 27,
              4);  // half of the mean, and the service's own
  EXPECT_NEAR(Rate(model, {.iops_limit = 0, .memory_mib = 192}, kReads, 20), 52, 4);
}

TEST(ModelTest, ALeakEndsTheServiceAndMoreMemoryPutsItOff) {
  Model model(1);
  Tell(model, "leak 2");
  model.Advance(kSettings, 40);
  EXPECT_NEAR(Value(model, "node_memory_MemAvailable_bytes") / (1 << 20), 25, 5);
  const ModelSettings more{.iops_limit = 150, .memory_mib = 256};
  model.Advance(more, 20);
  EXPECT_TRUE(model.ServiceRuns());
  EXPECT_EQ(Value(model, "forewarn_error_lines_total"), 0);
  model.Advance(more, 40);
  EXPECT_FALSE(model.ServiceRuns());
  EXPECT_EQ(Value(model, "forewarn_error_lines_total"), 1);
  EXPECT_GT(Value(model, "node_memory_MemAvailable_bytes") / (1 << 20), 150);
}

TEST(ModelTest, EachLoadStopsAloneOrWithAllOthers) {
  Model model(1);
  for (const char* line : {"cpu 50", "net 1", "errors 3"}) Tell(model, line);
  EXPECT_NEAR(Rate(model, kSettings, "libvirt_domain_info_cpu_time_seconds_total"), 0.54, 0.03);
  EXPECT_NEAR(Rate(model, kSettings, "forewarn_error_lines_total"), 3, 0.2);
  Tell(model, "stop cpu");
  EXPECT_LT(Rate(model, kSettings, "libvirt_domain_info_cpu_time_seconds_total"), 0.1);
  EXPECT_GT(Rate(model, kSettings, R"(node_network_transmit_bytes_total{device="eth0"})"), 9e5);
  Tell(model, "stop");
  EXPECT_LT(Rate(model, kSettings, R"(node_network_transmit_bytes_total{device="eth0"})"), 1e5);
  EXPECT_LT(Rate(model, kSettings, "forewarn_error_lines_total"), 0.2);
}

TEST(CommandTest, OnlyWhatIsWholeIsUnderstood) {
  EXPECT_EQ(guest::ParseCommand("disk 1 2.5 3")->numbers, (std::vector<double>{1, 2.5, 3}));
  EXPECT_EQ(guest::ParseCommand("stop leak")->what, "leak");
  for (const char* line : {"", "dance", "cpu", "cpu much", "cpu 1 2", "disk 1 2", "disk 1 2 x", "stop dancing"}) {
    EXPECT_FALSE(guest::ParseCommand(line).has_value()) << line;
  }
}

}  // namespace
}  // namespace forewarn::testbed
