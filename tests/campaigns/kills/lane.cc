// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/lane.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace forewarn::crash {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

constexpr std::chrono::seconds kPatience{40};
constexpr std::chrono::milliseconds kLook{50};

Error Stuck(const std::string& what, Victim& victim) {
  const std::string log = victim.Log();
  return {ErrorCode::kTimeout, what + ":\n" + log.substr(log.size() - std::min<std::size_t>(log.size(), 4000))};
}

bool Any(const std::multimap<std::string, std::string>& states, const std::set<std::string>& of) {
  return std::any_of(states.begin(), states.end(), [&](const auto& stands) { return of.contains(stands.second); });
}

}  // namespace

// Looks at the domains again and again, on a thread of its own.
class Lane::Watch {
 public:
  Watch(Subjects& subjects, const std::vector<Sent>& alerts) : subjects_(subjects) {
    for (const Sent& alert : alerts) histories_[alert.domain];
    Look();
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        std::this_thread::sleep_for(kLook);
        Look();
      }
    });
  }
  std::map<std::string, History> Finish() {
    thread_ = {};
    Look();
    return std::move(histories_);
  }

 private:
  void Look() {
    for (auto& [domain, history] : histories_) {
      const auto view = subjects_.Settings(domain);
      if (view && (history.empty() || history.back() != view->settings)) history.push_back(view->settings);
    }
  }
  Subjects& subjects_;
  std::map<std::string, History> histories_;
  std::jthread thread_;
};

std::string Lane::DomainOf(const Plan& plan) const {
  return "c" + std::to_string(100 + number_) + std::string(plan.fault);
}

Result<void> Lane::Begin() {
  for (const Plan& plan : Plans()) {
    if (auto added = subjects_.Add(DomainOf(plan)); !added) return added;
    telemetry_.Expect(DomainOf(plan), &plan);
  }
  return {};
}

Result<std::vector<Sent>> Lane::Prepare(const Scenario& scenario) {
  std::vector<Sent> alerts;
  for (const Plan* plan : scenario.plans) {
    if (auto reset = subjects_.Reset(DomainOf(*plan)); !reset) return reset.error();
    alerts.push_back({DomainOf(*plan), plan});
  }
  return alerts;
}

Result<Trial> Lane::Try(const Scenario& scenario, std::uint32_t at) {
  auto alerts = Prepare(scenario);
  if (!alerts) return alerts.error();
  Evidence evidence;
  Watch watch(subjects_, *alerts);
  Victim victim(telemetry_.url(), subjects_.uri());
  if (scenario.also == Scenario::Also::kEarlierCrash) {
    if (auto started = victim.Start(); !started) return started.error();
    testbed::WaitUntil(kPatience, [&] { return victim.Serves(); });
    victim.Send(*alerts);
    testbed::WaitUntil(kPatience, [&] { return victim.Said("action=applied") >= 3; });
    victim.Kill();
  }
  if (auto started = victim.Start(at); !started) return started.error();
  UntilItDies(victim, scenario, *alerts);
  Trial trial;
  trial.died = victim.moment().died != 0;
  trial.calls = victim.moment().calls;
  trial.call = victim.moment().call;
  trial.on = victim.moment().on;
  victim.Kill();
  for (const Sent& alert : *alerts) {
    auto view = subjects_.Look(alert.domain);
    if (!view) return view.error();
    for (std::string& broken : JudgeCrash(alert.domain, *view)) trial.broken.push_back(std::move(broken));
  }
  if (auto recovered = Recover(victim, trial); !recovered) return recovered.error();
  if (auto over = UntilAllIsOver(victim, *alerts); !over) return over.error();
  evidence.alerts = *alerts;
  evidence.histories = watch.Finish();
  if (auto concluded = Conclude(victim, evidence); !concluded) return concluded.error();
  const bool acted = std::any_of(evidence.histories.begin(), evidence.histories.end(),
                                 [](const auto& one) { return one.second.size() > 1; });
  if (at == 0 && !acted) trial.broken.push_back("nothing was changed at all");  // then the campaign shows nothing
  for (std::string& broken : Judge(evidence)) trial.broken.push_back(std::move(broken));
  return trial;
}

// Dead, or at the end of all plans; or, on a machine that is too busy, some way on.
void Lane::UntilItDies(Victim& victim, const Scenario& scenario, std::vector<Sent>& alerts) {
  testbed::WaitUntil(kPatience, [&] { return !victim.Running() || victim.Serves(); });
  if (!victim.Running()) return;
  victim.Send(alerts);
  int verified = 0, closed = 0;
  for (const Plan* plan : scenario.plans) {
    verified += plan->verified;
    closed += plan->closed;
  }
  if (scenario.also == Scenario::Also::kKillSwitch) {
    testbed::WaitUntil(kPatience, [&] { return !victim.Running() || victim.Said("action=applied") >= 4; });
    victim.EngageKillSwitch();
    verified = 0, closed = static_cast<int>(scenario.plans.size());
  }
  if (scenario.also == Scenario::Also::kEarlierCrash) verified = closed = 3;
  testbed::WaitUntil(kPatience, [&] {
    return !victim.Running() || (victim.Said("action=verified") >= verified && victim.Said("episode closed") >= closed);
  });
}

// Until nothing that was begun is in the air any more: it was finished, or undone.
Result<void> Lane::Recover(Victim& victim, Trial& trial) {
  const base::SteadyTime begin = base::SystemClock().Steady();
  if (auto started = victim.Start(); !started) return started.error();
  const bool recovered = testbed::WaitUntil(kPatience, [&] {
    const auto states = victim.States();
    if (states && trial.start == base::Duration()) trial.start = base::SystemClock().Steady() - begin;
    return states && !Any(*states, {"intent", "planned", "recorded", "reverting"});
  });
  if (!recovered) return Stuck("no recovery", victim);
  trial.recovery = base::SystemClock().Steady() - begin;
  return {};
}

Result<void> Lane::UntilAllIsOver(Victim& victim, std::vector<Sent>& alerts) {
  victim.Send(alerts);
  const bool over = testbed::WaitUntil(kPatience, [&] { return victim.IsOver(alerts); });
  return over ? Result<void>() : Stuck("it does not come to rest", victim);
}

Result<void> Lane::Conclude(Victim& victim, Evidence& evidence) {
  victim.Kill();
  for (const Sent& alert : evidence.alerts) {
    auto view = subjects_.Look(alert.domain);
    if (!view) return view.error();
    evidence.views[alert.domain] = *view;
  }
  auto journal = journal::OpenSqlite(victim.journal());
  if (!journal) return journal.error();
  auto episodes = (*journal)->Find({});
  if (!episodes) return episodes.error();
  evidence.episodes = *episodes;
  return {};
}

}  // namespace forewarn::crash
