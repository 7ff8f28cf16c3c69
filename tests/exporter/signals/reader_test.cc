// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <thread>

#include "exporter/signals/fetch.h"

namespace forewarn::signals {
namespace {

using base::Deadline;
using base::Error;
using base::ErrorCode;
using testing::ElementsAre;

struct Row {
  std::string labels;  // JSON
  double value;
};

promql::Vector VectorOf(const std::vector<Row>& rows) {
  promql::Vector vector;
  for (const auto& row : rows) {
    vector.metric.emplace_back(vector.buffer.size(), row.labels.size());
    vector.buffer += row.labels;
    vector.values.push_back(row.value);
  }
  return vector;
}

// Answers by expression; what it doesn't know is unavailable.
class FakeClient : public promql::Client {
 public:
  using Answers = std::map<std::string, std::vector<Row>, std::less<>>;
  explicit FakeClient(Answers answers) : answers_(std::move(answers)) {}

  base::Result<promql::Vector> Query(std::string_view expr, double time) override {
    EXPECT_EQ(time, 1000);
    const auto found = answers_.find(expr);
    if (found == answers_.end()) return Error{ErrorCode::kUnavailable, "down"};
    return VectorOf(found->second);
  }
  base::Result<std::vector<promql::Series>> QueryRange(std::string_view, double, double, double) override {
    return Error{};
  }

 private:
  const Answers answers_;
};

Settings SettingsOf(std::vector<std::string> signals) {
  Settings settings;
  for (auto& name : signals) settings.signals.push_back({name, "", "expr_" + name});
  return settings;
}

Reading ReadOnce(Reader& reader) { return reader.Read(1000, Deadline::After(std::chrono::minutes(1))); }

TEST(Reader, FillsColumns) {
  FakeClient::Answers answers;
  answers["expr_a"] = {{R"({"domain":"vm1"})", 1}, {R"({"domain":"vm2","x":"y"})", 2}};
  answers["expr_b"] = {{R"({"domain":"vm2"})", 20}};
  Reader reader(std::make_unique<FakeClient>(answers), SettingsOf({"a", "b"}));
  const auto reading = ReadOnce(reader);
  const auto& snapshot = reading.snapshot;
  EXPECT_EQ(snapshot.time, 1000);
  EXPECT_EQ(reading.series, 3u);
  EXPECT_EQ(reading.answered, 2u);
  EXPECT_TRUE(reading.errors.empty());
  ASSERT_EQ(reader.instances().size(), 2u);
  EXPECT_EQ(reader.instances().NameOf(1), "vm2");
  EXPECT_EQ(snapshot.At(0, 0), 1);
  EXPECT_EQ(snapshot.At(0, 1), 2);
  EXPECT_TRUE(telemetry::IsMissing(snapshot.At(1, 0)));
  EXPECT_EQ(snapshot.At(1, 1), 20);
}

TEST(Reader, DropsAndCountsWhatItWouldHaveToGuess) {
  FakeClient::Answers answers;
  answers["expr_a"] = {{R"({"job":"x"})", 1},
                       {R"({"domain":""})", 1},
                       {R"({"domain":"two","job":"x"})", 1},
                       {R"({"domain":"two","job":"y"})", 1},
                       {R"({"domain":"two","job":"z"})", 1},
                       {R"({"domain":"nan"})", std::numeric_limits<double>::quiet_NaN()},
                       {R"({"domain":"inf"})", std::numeric_limits<double>::infinity()},
                       {R"({"domain":"good"})", 7}};
  Reader reader(std::make_unique<FakeClient>(answers), SettingsOf({"a"}));
  const auto reading = ReadOnce(reader);
  EXPECT_EQ(reading.dropped.no_domain, 2u);
  EXPECT_EQ(reading.dropped.ambiguous, 3u);
  EXPECT_EQ(reading.dropped.not_finite, 2u);
  for (const char* name : {"two", "nan", "inf"}) {
    const auto slot = reader.instances().Find(name);
    ASSERT_GE(slot, 0);
    EXPECT_TRUE(telemetry::IsMissing(reading.snapshot.At(0, static_cast<std::uint32_t>(slot)))) << name;
  }
  EXPECT_EQ(reading.snapshot.At(0, static_cast<std::uint32_t>(reader.instances().Find("good"))), 7);
}

TEST(Reader, OneSignalsErrorLeavesTheOthers) {
  FakeClient::Answers answers;
  answers["expr_b"] = {{R"({"domain":"vm1"})", 2}};
  Reader reader(std::make_unique<FakeClient>(answers), SettingsOf({"a", "b"}));
  const auto reading = ReadOnce(reader);
  EXPECT_EQ(reading.answered, 1u);
  ASSERT_EQ(reading.errors.size(), 1u);
  EXPECT_EQ(reading.errors[0].signal, "a");
  EXPECT_EQ(reading.errors[0].error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(reading.snapshot.At(1, 0), 2);
}

TEST(Reader, SaysWhereInstancesRun) {
  FakeClient::Answers answers;
  answers["expr_a"] = {{R"({"domain":"vm1"})", 1}, {R"({"domain":"vm2"})", 1}, {R"({"domain":"vm3"})", 1}};
  answers["where"] = {{R"({"domain":"vm1","hypervisor":"h1"})", 1},
                      {R"({"domain":"vm2","hypervisor":"h1"})", 1},
                      {R"({"domain":"vm2","hypervisor":"h2"})", 1}};
  auto settings = SettingsOf({"a"});
  settings.instances = "where";
  Reader reader(std::make_unique<FakeClient>(answers), settings);
  const auto reading = ReadOnce(reader);
  EXPECT_THAT(reading.hypervisors, ElementsAre("h1", "", ""));
  EXPECT_EQ(reading.dropped.ambiguous, 2u);
  EXPECT_EQ(reading.answered, 1u);
}

Settings WithCircumstances() {
  auto settings = SettingsOf({"a"});
  settings.circumstances = {"mitigated", "experiments", "maintenance", "", ""};
  return settings;
}

TEST(Reader, SaysWhatIsInjectedWhere) {
  FakeClient::Answers answers;
  answers["expr_a"] = {{R"({"domain":"vm1"})", 1}, {R"({"domain":"vm2"})", 1}};
  answers["injections"] = {{R"({"domain":"vm2","fault":"DiskContention"})", 1},
                           {R"({"domain":"vm1","fault":"MemoryLeak"})", 0},
                           {R"({"domain":"elsewhere","fault":"MemoryLeak"})", 1},
                           {R"({"fault":"MemoryLeak"})", 1}};
  auto settings = SettingsOf({"a"});
  settings.circumstances.injections = "injections";
  Reader reader(std::make_unique<FakeClient>(answers), settings);
  const auto reading = ReadOnce(reader);
  ASSERT_EQ(reading.injections.size(), 1u);
  EXPECT_EQ(reading.injections[0].instance, 1u);
  EXPECT_EQ(reading.injections[0].fault, "DiskContention");
  EXPECT_THAT(reading.masks.masked, ElementsAre(false, true));  // whether or not the experiment is marked
  EXPECT_EQ(reading.dropped.no_domain, 1u);
}

TEST(Reader, SaysHowSureMitigationsAre) {
  const auto row = [](const std::string& fault, const std::string& actuator, const std::string& moment, double value) {
    return Row{R"({"actuator":")" + actuator + R"(","fault":")" + fault + R"(","moment":")" + moment + R"("})", value};
  };
  FakeClient::Answers answers;
  answers["expr_a"] = {{R"({"domain":"vm1"})", 1}};
  answers["successes"] = {row("DiskContention", "disk_io", "mean", 0.75),
                          row("DiskContention", "disk_io", "deviation", 0.2),
                          row("DiskContention", "placement", "mean", 0.5),  // without the other moment
                          row("MemoryLeak", "memory", "mean", std::numeric_limits<double>::quiet_NaN()),
                          row("MemoryLeak", "memory", "deviation", 0.2)};
  auto settings = SettingsOf({"a"});
  settings.circumstances.successes = "successes";
  Reader reader(std::make_unique<FakeClient>(answers), settings);
  const auto reading = ReadOnce(reader);
  ASSERT_EQ(reading.successes.size(), 1u);
  EXPECT_EQ(reading.successes[0].fault, "DiskContention");
  EXPECT_EQ(reading.successes[0].actuator, "disk_io");
  EXPECT_EQ(reading.successes[0].mean, 0.75);
  EXPECT_EQ(reading.successes[0].deviation, 0.2);
  EXPECT_TRUE(reading.masks.known);

  settings.circumstances.successes = "unanswered";
  Reader without(std::make_unique<FakeClient>(answers), settings);
  const auto told = ReadOnce(without);
  EXPECT_TRUE(told.successes.empty());
  EXPECT_TRUE(told.masks.known);  // it masks nothing
  ASSERT_EQ(told.errors.size(), 1u);
  EXPECT_EQ(told.errors[0].signal, "successes");
}

TEST(Reader, SaysWhatIsMitigatedAndWhatIsMasked) {
  FakeClient::Answers answers;
  answers["expr_a"] = {{R"({"domain":"vm1"})", 1}, {R"({"domain":"vm2"})", 1}, {R"({"domain":"vm3"})", 1}};
  answers["mitigated"] = {{R"({"domain":"vm1","actuator":"disk_io"})", 1},
                          {R"({"domain":"vm1","actuator":"memory"})", 0},
                          {R"({"domain":"vm2","actuator":"memory"})", 0},
                          {R"({"domain":"elsewhere"})", 1},
                          {R"({"actuator":"memory"})", 1}};
  answers["experiments"] = {{R"({"domain":"vm2"})", 1}};
  answers["maintenance"] = {{R"({"domain":"vm3"})", 2}};
  Reader reader(std::make_unique<FakeClient>(answers), WithCircumstances());
  const auto reading = ReadOnce(reader);
  EXPECT_TRUE(reading.masks.known);
  EXPECT_THAT(reading.masks.mitigated, ElementsAre(true));
  EXPECT_THAT(reading.masks.masked, ElementsAre(false, true, true));
  EXPECT_EQ(reading.dropped.no_domain, 1u);
  EXPECT_EQ(reader.instances().size(), 3u);  // who is elsewhere is none of ours
  EXPECT_EQ(reading.answered, 1u);
}

TEST(Reader, SaysThatTheCircumstancesAreUnknown) {
  for (const char* failing : {"mitigated", "experiments", "maintenance"}) {
    FakeClient::Answers answers{{"expr_a", {{R"({"domain":"vm1"})", 1}}}};
    for (const char* name : {"mitigated", "experiments", "maintenance"}) {
      if (name != std::string(failing)) answers[name] = {};
    }
    Reader reader(std::make_unique<FakeClient>(answers), WithCircumstances());
    const auto reading = ReadOnce(reader);
    EXPECT_FALSE(reading.masks.known) << failing;
    ASSERT_EQ(reading.errors.size(), 1u);
    EXPECT_EQ(reading.errors[0].signal, failing);
    EXPECT_EQ(reading.snapshot.At(0, 0), 1);
  }
}

TEST(Reader, KeepsSlotsWhenReconfigured) {
  FakeClient::Answers answers;
  answers["expr_a"] = answers["expr_b"] = {{R"({"domain":"vm1"})", 1}};
  Reader reader(std::make_unique<FakeClient>(answers), SettingsOf({"a"}));
  ReadOnce(reader);
  reader.Reconfigure(std::make_unique<FakeClient>(answers), SettingsOf({"b"}));
  const auto reading = ReadOnce(reader);
  EXPECT_EQ(reader.signals().Find("a"), 0);
  EXPECT_EQ(reader.signals().Find("b"), 1);
  EXPECT_TRUE(telemetry::IsMissing(reading.snapshot.At(0, 0)));
  EXPECT_EQ(reading.snapshot.At(1, 0), 1);
}

TEST(Reader, AsksNothingAfterItsDeadline) {
  Reader reader(std::make_unique<FakeClient>(FakeClient::Answers{{"expr_a", {}}}), SettingsOf({"a", "b"}));
  const auto reading = reader.Read(1000, Deadline::After(std::chrono::seconds(-1)));
  EXPECT_EQ(reading.answered, 0u);
  ASSERT_EQ(reading.errors.size(), 2u);
  EXPECT_EQ(reading.errors[1].error.code, ErrorCode::kTimeout);
}

// Knows the most queries that it ever had at once.
class CountingClient : public promql::Client {
 public:
  base::Result<promql::Vector> Query(std::string_view expr, double) override {
    const int now = ++running_;
    int most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
    std::this_thread::yield();
    --running_;
    return VectorOf({{"{}", static_cast<double>(expr.size())}});
  }
  base::Result<std::vector<promql::Series>> QueryRange(std::string_view, double, double, double) override {
    return Error{};
  }
  int most() const { return most_; }

 private:
  std::atomic<int> running_ = 0, most_ = 0;
};

TEST(Fetch, GivesAnswersInOrderWithTwoInFlight) {
  CountingClient client;
  std::vector<std::string> exprs;
  for (std::size_t i = 0; i < 500; ++i) exprs.emplace_back(i, 'x');
  std::vector<std::size_t> order;
  Fetch(client, exprs, {0, Deadline::After(std::chrono::minutes(1))}, [&](std::size_t index, const auto& answer) {
    order.push_back(index);
    EXPECT_EQ(answer->values[0], static_cast<double>(index));
  });
  ASSERT_EQ(order.size(), 500u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_LE(client.most(), 2);
}

}  // namespace
}  // namespace forewarn::signals
