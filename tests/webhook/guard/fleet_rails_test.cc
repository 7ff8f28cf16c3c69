// SPDX-License-Identifier: Apache-2.0
#include "tests/webhook/guard/guard_fixture.h"

// The rails that look beyond the one domain.
namespace forewarn::guard {
namespace {

class FleetTest : public GuardTest {
 protected:
  // Another domain with a change in force.
  journal::Episode Occupy(const std::string& domain, const std::string& hypervisor = "host1") {
    journal::Episode other = Open(domain);
    other.hypervisor = hypervisor;
    other.state = journal::State::kHeld;
    journal::Change change;
    change.actuator = "disk_io";
    change.subject = {domain, other.uuid, hypervisor};
    change.intended = change.applied = kNow;
    other.changes = {change};
    EXPECT_TRUE(journal_->Save(other));
    return other;
  }
  void KnowFleet(const Fleet& fleet) { fleet_ = std::shared_ptr<const Fleet>(std::make_shared<Fleet>(fleet)); }
  // The last mitigation of the fault, on some other domain.
  void Fail(const std::string& domain, base::Duration ago, journal::Outcome outcome = journal::Outcome::kIneffective) {
    journal::Episode other = Occupy(domain);
    other.outcome = outcome;
    other.changes[0].outcome = outcome;
    other.changes[0].reverted = kNow;
    other.state = journal::State::kClosed;
    other.closed = kNow - std::chrono::duration_cast<base::WallTime::duration>(ago);
    EXPECT_TRUE(journal_->Save(other));
  }
  Settings Decode(const std::string& yaml) {
    auto document = config::Document::Parse("g", yaml);
    Settings settings = DecodeSettings(document->Root().AsMap());
    auto done = document->Finish();
    error_ = done ? "" : done.error().message;
    return settings;
  }
  std::string error_;
};

TEST_F(FleetTest, ConcurrencyInAllAndPerHypervisor) {
  KnowFleet({100, {}, {}});
  settings_.max_in_force = 3;
  settings_.max_in_force_per_hypervisor = 2;
  episode_.hypervisor = "host1";
  Occupy("a");
  EXPECT_EQ(Reason(), "");
  Occupy("b");
  EXPECT_EQ(Reason(), "concurrency");
  episode_.hypervisor = "host2";
  EXPECT_EQ(Reason(), "");
  Occupy("c", "host3");
  EXPECT_EQ(Reason(), "concurrency");
  EXPECT_TRUE(Judge(Ask())->passing);
}

TEST_F(FleetTest, WhatIsUndoneOrLetStandIsNotInForce) {
  settings_.max_in_force = 1;
  journal::Episode other = Occupy("a");
  EXPECT_EQ(Reason(), "concurrency");
  other.changes[0].lasting = true;
  ASSERT_TRUE(journal_->Save(other));
  EXPECT_EQ(Reason(), "");
  other.changes[0].lasting = false;
  other.changes[0].reverted = kNow;
  ASSERT_TRUE(journal_->Save(other));
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, RateCountsWhatBeganInTheLastHour) {
  settings_.max_per_hour = 2;
  Occupy("a");
  EXPECT_EQ(Reason(), "");
  Occupy("b");
  EXPECT_EQ(Reason(), "rate");
}

TEST_F(FleetTest, BudgetIsAShareOfTheFleetButAFewAreAlwaysAllowed) {
  KnowFleet({10, {}, {}});
  Occupy("a");
  Occupy("b");
  EXPECT_EQ(Reason(), "");  // the third
  Occupy("c");
  EXPECT_EQ(Reason(), "fleet_budget");
  KnowFleet({100, {}, {}});
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, BudgetCountsTheTargetOfAnExperimentAndNotForWhomItIs) {
  KnowFleet({10, {}, {}});
  Occupy("a");
  Occupy("b");
  journal::Episode other = Occupy("c");
  other.changes[0].subject.domain = "b";
  ASSERT_TRUE(journal_->Save(other));
  EXPECT_EQ(Reason(), "fleet_budget");
  other.purpose = alerts::kExperiment;
  other.experiment.emplace().target = other.changes[0].subject;
  ASSERT_TRUE(journal_->Save(other));
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, AnUnknownFleetIsNoReasonToGoOn) {
  fleet_ = base::Error{base::ErrorCode::kUnavailable, "down"};
  EXPECT_EQ(Reason(), "fleet_predicted");
}

TEST_F(FleetTest, ManyPredictedAtOnceAreMoreLikelyBrokenTelemetry) {
  KnowFleet({10, {"a", "b", "web-1"}, {}});
  EXPECT_EQ(Reason(), "");
  KnowFleet({10, {"a", "b", "c", "web-1"}, {}});
  EXPECT_EQ(Reason(), "fleet_predicted");
  KnowFleet({100, {"a", "b", "c", "web-1"}, {}});
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, EnoughOfTheOthersOfTheClassMustBeHealthy) {
  auto targets = config::Document::Parse("t", "- {domain: 'web-.*', class: web}\n");
  targets_ = plan::Targets::Decode(targets->Root(), {});
  const std::map<std::string, std::vector<std::string>> classes{{"web", {"web-1", "web-2", "web-3"}}};
  KnowFleet({30, {"web-1"}, classes});
  EXPECT_EQ(Reason(), "");
  KnowFleet({30, {"web-1", "web-2"}, classes});
  EXPECT_EQ(Reason(), "");
  Occupy("web-3");
  EXPECT_EQ(Reason(), "minimum_healthy");
  KnowFleet({30, {"web-1"}, {{"web", {"web-1"}}}});  // nobody else does its work
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, TheBreakerOpensAfterSoManyFailuresInARow) {
  for (const char* domain : {"a", "b", "c"}) {
    EXPECT_EQ(Reason(), "") << domain;
    Fail(domain, std::chrono::minutes(10));
  }
  EXPECT_EQ(Reason(), "circuit_breaker");
  Fail("d", std::chrono::minutes(1), journal::Outcome::kRelieved);
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, TheBreakerClosesWithTime) {
  for (const char* domain : {"a", "b", "c"}) Fail(domain, std::chrono::minutes(61));
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, ADomainUnderAnExperimentIsLeftAlone) {
  alerts::Alert alert;
  alert.domain = "web-1";
  alert.fault = "CpuSaturation";
  alert.purpose = alerts::kExperiment;
  journal::Episode experiment = journal_->Admit({alert}, kNow)->at(0).episode;
  experiment.experiment.emplace().target = {"web-1", "u", "host9"};
  ASSERT_TRUE(journal_->Save(experiment));
  EXPECT_EQ(Reason(), "");  // nobody has been told yet
  experiment.experiment->phase = journal::Phase::kAnnounced;
  ASSERT_TRUE(journal_->Save(experiment));
  EXPECT_EQ(Reason(), "experiment_running");
  experiment.experiment->phase = journal::Phase::kCooling;  // its mark stays
  ASSERT_TRUE(journal_->Save(experiment));
  EXPECT_EQ(Reason(), "experiment_running");
  experiment.experiment->target.domain = "canary";
  ASSERT_TRUE(journal_->Save(experiment));
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, CoolDownDoublesWithEachActionWithinADay) {
  CloseOne(std::chrono::hours(2), kNow);
  CloseOne(std::chrono::minutes(6), kNow);
  EXPECT_EQ(Reason(), "cool_down");  // 10 min now
  settings_.max_cooldown = std::chrono::minutes(5);
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, MaintenanceBetweenTwoMoments) {
  settings_ = Decode(
      "allow: ['.*']\nmaintenance: [{domains: ['web-.*'], begin: 2023-11-14T22:13:20Z, end: 2023-11-14T23:13:20Z}]");
  EXPECT_EQ(error_, "");
  EXPECT_EQ(Reason(), "maintenance");  // kNow is its begin
  settings_ =
      Decode("allow: ['.*']\nmaintenance: [{domains: ['db'], begin: 2023-11-14T22:13:20Z, end: 2023-11-14T23:13:20Z}]");
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, MaintenanceEveryDayAlsoOverMidnight) {
  settings_ = Decode("allow: ['.*']\nmaintenance: [{domains: ['.*'], begin: '22:00', end: '02:00'}]");
  EXPECT_EQ(error_, "");
  EXPECT_EQ(Reason(), "maintenance");  // 22:13
  settings_ = Decode("allow: ['.*']\nmaintenance: [{domains: ['.*'], begin: '02:00', end: '22:00'}]");
  EXPECT_EQ(Reason(), "");
}

TEST_F(FleetTest, MistakesAreNamedWithTheirPlace) {
  Decode("maintenance: [{domains: ['('], begin: '25:00', end: '02:00'}]\nfleet_budget: 2\nmax_per_hour: -1\n");
  for (const char* part :
       {"g:1: maintenance[0].domains[0]", "g:1: maintenance[0].begin", "fleet_budget", "max_per_hour"}) {
    EXPECT_NE(error_.find(part), std::string::npos) << part << " in " << error_;
  }
}

}  // namespace
}  // namespace forewarn::guard
