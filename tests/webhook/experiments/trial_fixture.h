// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/webhook/engine/pipe_fixture.h"
#include "webhook/experiments/trial.h"

namespace forewarn::experiments {

// An experiment on fakes: web-1's canary is web-2, and the symptom of it is in the inverse of its disk_io.
class TrialFixture : public engine::PipeFixture {
 protected:
  TrialFixture() {
    WithPolicy("[disk_io, memory]", "");
    WithTemplates("");
    Revive();
  }

  void WithPolicy(const std::string& steps, const std::string& more) {
    policy_ =
        "policies:\n  DiskContention:\n    mode: act\n    steps: " + steps + "\n" + more +
        "    verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 10s, relieved_ratio: 0.8, harmful_ratio: 3}\n";
    Decode();
  }
  void WithTemplates(const std::string& more) {
    templates_text_ =
        "experiments:\n  cool_down: 30s\n  templates:\n  - name: mild\n    fault: DiskContention\n    mode: act\n"
        "    inject: [disk_io]\n    steady_state: ['steady{domain=\"$domain\"}']\n"
        "    stop: ['stop{domain=\"$domain\"}']\n    window: 1s\n    show_deadline: 5s\n    ttl: 1m\n" +
        more;
    Decode();
  }
  void Allow(const std::string& domains) {
    allowed_ = domains;
    Decode();
  }
  void Decode() {
    auto document = config::Document::Parse(
        "c", policy_ + templates_text_ +
                 "targets: [{domain: 'web-1', canary: web-2, standby: web-3}, {domain: 'web-5', canary: web-6}, "
                 "{domain: 'web-.*'}]\nguard: {allow: [" +
                 allowed_ + "], cooldown: 0s}\n");
    ASSERT_TRUE(document) << document.error().message;
    const config::Map root = document->Root().AsMap();
    engine::Rules rules;
    rules.policies = plan::Policies::Decode(*root.Find("policies"));
    rules.targets = plan::Targets::Decode(*root.Find("targets"), {});
    rules.guard = guard::DecodeSettings(root.Find("guard")->AsMap());
    if (auto templates = root.Find("experiments")) {
      templates_ = std::make_shared<const Templates>(Templates::Decode(templates->AsMap(), rules.policies));
    }
    rules_ = std::make_shared<const engine::Rules>(rules);
    auto done = document->Finish();
    ASSERT_TRUE(done) << done.error().message;
  }

  // As a new process finds it.
  void Revive() {
    Restart();
    parts_->domains_on = [](const std::string&, base::Deadline) {
      return std::set<std::string>{"web-1", "web-2", "web-9"};
    };
    parts_->courses["experiment"] = [this](const engine::Parts& parts, std::shared_ptr<const engine::Rules> rules) {
      return std::make_unique<Trial>(parts, std::move(rules), templates_);
    };
  }

  journal::Episode Start(const std::string& purpose = "experiment") {
    alerts::Alert alert = AlertFor("web-1");
    alert.purpose = purpose;
    journal::Episode episode = journal_->Admit({alert}, clock_.Now()).value().at(0).episode;
    episode.state = journal::State::kPlanned;
    return episode;
  }
  std::optional<base::Duration> Step(journal::Episode& episode) {
    return Trial(*parts_, rules_, templates_).Advance(episode);
  }
  // Until that phase is reached, or it's over, with time passing as it asks for it.
  void RunToPhase(journal::Episode& episode, journal::Phase phase) {
    for (int i = 0; i < 2000 && episode.state != journal::State::kClosed; ++i) {
      if (episode.experiment && episode.experiment->phase == phase) return;
      if (auto next = Step(episode)) clock_.Advance(*next);
    }
    if (phase != journal::Phase::kOver) FAIL() << "ended: " << episode.reason;
  }
  void RunToEnd(journal::Episode& episode) { RunToPhase(episode, journal::Phase::kOver); }

  double Series(const std::string& name, const std::string& domain) {
    for (const auto& family : registry_.Collect()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        for (const auto& label : metric.label) {
          if (label.name == "domain" && label.value == domain) return metric.gauge.value;
        }
      }
    }
    return 0;
  }

  base::Result<promql::Vector> Answer(const std::string& expr) override {
    if (telemetry_down_) return base::Error{base::ErrorCode::kUnavailable, "telemetry is down"};
    if (expr.starts_with("quantile_over_time(") && expr.find("(symptom{") != std::string::npos) {
      if (as_measured_) as_measured_();
      const double noise = expr.starts_with("quantile_over_time(0.75,") ? 1 + noise_ : 1 - noise_;
      return fakes::MakeVector({{"{}", noise * (sensitive_ ? 100.0 / std::max(1, disk_io_.value()) : flat_)}});
    }
    if (expr.starts_with("steady")) return fakes::MakeVector({{"{}", steady_ ? 1.0 : 0.0}});
    if (expr.starts_with("stop")) return stop_ ? fakes::MakeVector({{"{}", 1}}) : promql::Vector{};
    if (expr.starts_with("max(forewarn_experiment_active")) {
      return visible_ ? fakes::MakeVector({{"{}", Series("forewarn_experiment_active", "web-2")}}) : promql::Vector{};
    }
    auto rows = PipeFixture::Answer(expr);
    if (!rows || expr == engine::FleetQuery()) return rows;
    const std::string labels = R"("domain":"web-1","fault":"DiskContention"})";
    const base::WallTime expected = expected_.value_or(clock_.Now() + std::chrono::minutes(10));
    return fakes::MakeVector({
        {R"({"__name__":"forewarn_fault_expected_timestamp_seconds",)" + labels, base::ToSeconds(expected)},
        {R"({"__name__":"forewarn_fault_confidence_ratio",)" + labels, confidence_},
        {R"({"__name__":"forewarn_fault_severity_ratio",)" + labels, 0.5},
        {R"({"forewarn_stat":"sampled",)" + labels, base::ToSeconds(clock_.Now())},
        {R"({"__name__":"forewarn_threshold_ratio","fault":"DiskContention","stage":"mitigate"})", 0.7},
        {R"({"__name__":"forewarn_threshold_ratio","fault":"DiskContention","stage":"experiment"})", 0.6},
        {R"({"__name__":"forewarn_threshold_ratio","fault":"DiskContention","stage":"knowledge"})", 0.6},
        {R"({"__name__":"forewarn_experiment_value_ratio",)" + labels, value_},
    });
  }

  std::string policy_, templates_text_, allowed_ = "'web-.*'";
  std::shared_ptr<const Templates> templates_;
  bool sensitive_ = true;  // the symptom follows the setting
  bool steady_ = true, stop_ = false, visible_ = true;
  double flat_ = 1;   // the symptom that does not
  double noise_ = 0;  // of it: how far the quartiles are from what it is
  double value_ = 0;
  std::function<void()> as_measured_;  // what happens while the symptom is asked for
  journal::OptionalTime expected_;
};

}  // namespace forewarn::experiments
