// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "tests/fakes/fake_actuator.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_promql.h"
#include "webhook/engine/pipe.h"

namespace forewarn::engine {

// Domains in memory; every mark and unmark in order.
class FakeDomains : public Domains {
 public:
  base::Result<actuators::Target> Resolve(const std::string& domain, base::Deadline) override {
    if (fail) return *fail;
    return actuators::Target{domain, uuid.empty() ? "uuid-" + domain : uuid, "host1", ""};
  }
  base::Result<void> Mark(const actuators::Target&, const Note& note, base::Deadline deadline) override {
    std::lock_guard lock(mutex);
    last_deadline = deadline;
    last_expiry = note.expiry;
    marks.push_back("+" + note.actuator + " " + ToText(note.previous));
    there.insert(note.actuator);
    return {};
  }
  base::Result<bool> Marked(const actuators::Target&, const std::string& actuator, base::Deadline) override {
    if (fail) return *fail;
    std::lock_guard lock(mutex);
    return there.contains(actuator);
  }
  base::Result<void> Unmark(const actuators::Target&, const Note& note, base::Deadline) override {
    std::lock_guard lock(mutex);
    if (fail_unmark) return *std::exchange(fail_unmark, std::nullopt);
    marks.push_back("-" + note.actuator);
    there.erase(note.actuator);
    return {};
  }
  std::optional<base::Error> fail;
  std::optional<base::Error> fail_unmark;  // the next one
  std::string uuid;
  std::mutex mutex;
  std::vector<std::string> marks;
  std::set<std::string> there;   // actuators with a note
  base::Deadline last_deadline;  // of a mark
  base::WallTime last_expiry;    // in a mark
};

// A pipe on fakes: policy DiskContention ▸ disk_io ▸ memory, a real journal, telemetry and time in the test's hands.
class PipeFixture : public ::testing::Test {
 protected:
  PipeFixture() {
    std::string pattern = std::filesystem::temp_directory_path() / "pipeXXXXXX";
    directory_ = mkdtemp(pattern.data());
    kill_switch_ = guard::KillSwitch(directory_ / "kill");
    Configure("act", "[disk_io, memory]");
    Restart();
  }
  ~PipeFixture() override {
    journal_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Configure(const std::string& mode, const std::string& steps) {
    auto document = config::Document::Parse(
        "c", "policies:\n  DiskContention:\n    mode: " + mode + "\n    steps: " + steps +
                 "\n    expiry: 1m\n    max_renewals: 1\n    verify: {expr: 'symptom{domain=\"$domain\"}', deadline: "
                 "10s, relieved_ratio: 0.8, harmful_ratio: 1.5}\n"
                 "targets: [{domain: 'web-.*'}]\nguard: {allow: ['web-.*']}\n");
    const config::Map root = document->Root().AsMap();
    Rules rules;
    rules.policies = plan::Policies::Decode(*root.Find("policies"));
    rules.targets = plan::Targets::Decode(*root.Find("targets"), {});
    rules.guard = guard::DecodeSettings(root.Find("guard")->AsMap());
    rules_ = std::make_shared<const Rules>(rules);
  }

  // As a new process finds it.
  void Restart() {
    parts_.reset();
    memory_part_.reset();
    journal_.reset();
    journal_ = journal::OpenSqlite(directory_ / "journal.db").value();
    parts_.emplace(Parts{telemetry_,
                         *journal_,
                         *journal_,
                         domains_,
                         {{"disk_io", &disk_io_}, {"memory", &memory_}},
                         kill_switch_,
                         clock_,
                         metrics_,
                         memory_part_.emplace()});
  }

  static alerts::Alert AlertFor(const std::string& domain) {
    alerts::Alert alert;
    alert.domain = domain;
    alert.fault = "DiskContention";
    alert.purpose = alerts::kMitigate;
    alert.fingerprint = "32e6a1df50e93ff7";
    alert.starts_at = base::FromSeconds(1'700'000'000);
    return alert;
  }
  journal::Episode Open(const std::string& domain = "web-1") {
    journal::Episode episode = journal_->Admit({AlertFor(domain)}, clock_.Now()).value().at(0).episode;
    episode.state = journal::State::kPlanned;  // asks telemetry
    return episode;
  }
  journal::Episode Reload() { return journal_->Find({}).value().at(0); }
  std::optional<base::Duration> Advance(journal::Episode& episode) { return Pipe(*parts_, rules_).Advance(episode); }
  // Until the episode is in that state, or closed, with time passing as the pipe asks for it.
  void RunTo(journal::Episode& episode, journal::State state) {
    for (int i = 0; i < 1000 && episode.state != state && episode.state != journal::State::kClosed; ++i) {
      if (auto next = Advance(episode)) clock_.Advance(*next);
    }
    ASSERT_EQ(episode.state, state);
  }
  // One piece of work at a time for that long.
  void RunFor(journal::Episode& episode, base::Duration duration) {
    const base::WallTime end = clock_.Now() + std::chrono::duration_cast<base::WallTime::duration>(duration);
    while (clock_.Now() < end) {
      auto next = Advance(episode);
      if (!next) return;
      clock_.Advance(std::max<base::Duration>(*next, std::chrono::milliseconds(1)));
    }
  }

  virtual base::Result<promql::Vector> Answer(const std::string& expr) {
    ++queries_;
    if (telemetry_down_) return base::Error{base::ErrorCode::kUnavailable, "telemetry is down"};
    if (expr.starts_with("symptom")) {
      if (!symptom_) return promql::Vector{};
      return fakes::MakeVector({{R"({"domain":"web-1"})", *symptom_}});
    }
    if (expr == FleetQuery()) {
      return fakes::MakeVector({{R"({"domain":"web-1"})", 1}, {R"({"domain":"web-2"})", 1}});
    }
    last_prediction_query_ = expr;
    const std::string labels = R"("domain":"web-1","fault":"DiskContention"})";
    return fakes::MakeVector({
        {R"({"__name__":"forewarn_fault_confidence_ratio",)" + labels, confidence_},
        {R"({"__name__":"forewarn_fault_confidence_ratio","instance":"b",)" + labels, confidence_ - 0.1},
        {R"({"__name__":"forewarn_fault_severity_ratio",)" + labels, 0.5},
        {R"({"__name__":"forewarn_fault_expected_timestamp_seconds",)" + labels, 1'700'000'600},
        {R"({"__name__":"forewarn_signal_anomaly_score","domain":"web-1","signal":"disk_latency"})", 1.5},
        {R"({"forewarn_stat":"sampled",)" + labels, base::ToSeconds(clock_.Now())},
        {R"({"__name__":"forewarn_threshold_ratio","fault":"DiskContention","stage":"mitigate"})", 0.7},
    });
  }

  std::filesystem::path directory_;
  fakes::FakeClock clock_;
  fakes::FakePromql telemetry_{[this](const std::string& expr) { return Answer(expr); }};
  FakeDomains domains_;
  fakes::FakeActuator disk_io_{100}, memory_{512};
  prometheus::Registry registry_;
  Metrics metrics_{registry_};
  guard::KillSwitch kill_switch_{""};
  std::unique_ptr<journal::Store> journal_;
  std::optional<Memory> memory_part_;
  std::optional<Parts> parts_;
  std::shared_ptr<const Rules> rules_;

  std::optional<double> symptom_ = 1.0;
  double confidence_ = 0.9;
  bool telemetry_down_ = false;
  int queries_ = 0;
  std::string last_prediction_query_;
};

}  // namespace forewarn::engine
