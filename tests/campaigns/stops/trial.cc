// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/stops/trial.h"

#include <filesystem>
#include <thread>

#include "tests/campaigns/stops/send.h"

namespace forewarn::stops {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

constexpr std::chrono::seconds kPatience{40};
constexpr std::chrono::seconds kLongReaction{10};  // beyond it's unheard
constexpr int kRungs = 3;

base::SteadyTime Now() { return base::SystemClock().Steady(); }

std::string KillFile(const crash::Victim& victim) {
  return std::filesystem::path(victim.config()).parent_path() / "kill";
}

}  // namespace

Kind Draw(int number, std::mt19937_64& random) {
  const int rung = static_cast<int>(random() % kRungs);
  const At at = random() % 3 == 0 ? At::kMitigating : At::kInjecting;
  const std::string nobody = random() % 2 == 0 ? "lonely" : "haunted";
  const Kind kinds[] = {
      {"stop, announced", At::kAnnounced, 0, What::kStop, "aborted: stop_condition"},
      {"stop, rung 1", At::kInjecting, 0, What::kStop, "aborted: stop_condition"},
      {"stop, rung 2", At::kInjecting, 1, What::kStop, "aborted: stop_condition"},
      {"stop, rung 3", At::kInjecting, 2, What::kStop, "aborted: stop_condition"},
      {"stop, mitigating", At::kMitigating, rung, What::kStop, "aborted: stop_condition"},
      {"stop, settling", At::kSettling, rung, What::kStop, "aborted: stop_condition"},
      {"kill switch", at, rung, What::kKillSwitch, "aborted: kill_switch"},
      {"target destroyed", at, rung, What::kDestroyed, "aborted: target_"},
      {"target restarted", at, rung, What::kRestarted, "aborted: target_"},
      {"telemetry away", at, rung, What::kTelemetryAway, "aborted: telemetry_away"},
      {"a second one", at, rung, What::kSecond, "domain=beta fault=Tight reason=\"target_busy"},
      {"nobody selected", at, rung, What::kNobody, "domain=" + nobody + " fault=Tight reason=\"no_target"},
  };
  return kinds[static_cast<std::size_t>(number) % std::size(kinds)];
}

Result<void> Trial::Run(Figures& figures) {
  log_ = plant_.victim.Log().size();
  if (kind_.at == At::kAnnounced) state_.scrapes = false;
  plant_.telemetry.Be(state_);
  if (auto sent = Send("alpha"); !sent) return sent;
  if (auto reached = Reach(); !reached) return reached;
  std::this_thread::sleep_for(std::chrono::milliseconds(random_() % 1000));
  if (auto happened = Happen(); !happened) return happened;
  React(figures);
  return End(figures);
}

bool Trial::Heard(const std::string& words, int times) const {
  const std::string log = plant_.victim.Log();
  for (std::size_t at = log_; (at = log.find(words, at)) != std::string::npos; at += words.size()) {
    if (--times == 0) return true;
  }
  return false;
}

Result<void> Trial::Await(const std::string& words, int times) {
  if (testbed::WaitUntil(kPatience, [&] { return Heard(words, times); })) return {};
  const std::string log = plant_.victim.Log();
  return Error{ErrorCode::kTimeout, kind_.name + ": the log never says " + words + ":\n" + log.substr(log_)};
}

Result<void> Trial::Send(const std::string& domain) {
  ++sent_;
  return SendAlert(plant_.victim, domain, domain != "alpha" || random_() % 2 == 0 ? "Tight" : "Short");
}

Result<void> Trial::ReachRung() { return Await("injected at severity", kind_.rung + 1); }

Result<void> Trial::Reach() {
  if (kind_.at == At::kAnnounced) return Await("announced on");
  if (auto reached = ReachRung(); !reached || kind_.at == At::kInjecting) return reached;
  state_.shows = true;
  plant_.telemetry.Be(state_);
  if (auto reached = Await("what=mitigated"); !reached || kind_.at == At::kMitigating) return reached;
  state_.stop = true;
  state_.steady = false;
  plant_.telemetry.Be(state_);
  if (auto reached = Await("all is undone"); !reached) return reached;
  state_.stop = false;
  plant_.telemetry.Be(state_);
  return {};
}

Result<void> Trial::Virsh(const std::string& verb) {
  auto done = testbed::RunCommand({"virsh", "-q", "-c", plant_.subjects.uri(), verb, kTarget});
  return done ? Result<void>() : done.error();
}

// From `known_` on it can be seen.
Result<void> Trial::Happen() {
  Result<void> done;
  if (kind_.what == What::kStop) state_.stop = true;
  if (kind_.what == What::kTelemetryAway) state_.away = true;
  if (kind_.what == What::kDestroyed || kind_.what == What::kRestarted) done = Virsh("destroy");
  if (kind_.what == What::kRestarted && done) done = Virsh("start");
  known_ = Now();
  plant_.telemetry.Be(state_);
  if (kind_.what == What::kKillSwitch) plant_.victim.EngageKillSwitch();
  if (kind_.what == What::kSecond) done = Send("beta");
  if (kind_.what == What::kNobody) {
    done = Send(kind_.reason.find("lonely") != std::string::npos ? "lonely" : "haunted");
  }
  return done;
}

// Everything as before the experiment. What is off has nothing set.
bool Trial::AsBefore() {
  const auto view = plant_.subjects.Look(kTarget);
  return view && *view == plant_.original;
}

void Trial::React(Figures& figures) {
  if (!testbed::WaitUntil(kLongReaction, [&] { return Heard(kind_.reason); })) {
    const std::string log = plant_.victim.Log();
    figures.unheard.push_back(kind_.name + ": no " + kind_.reason + " in\n" + log.substr(log_));
    return;
  }
  if (kind_.at == At::kSettling) return;  // its verdict is older, and nothing is set any more
  auto& reactions = kind_.what == What::kTelemetryAway ? figures.away : figures.reactions;
  reactions.push_back(base::ToSeconds(Now() - known_));
  if (!Ends() || kind_.what == What::kDestroyed) return;
  testbed::WaitUntil(kLongReaction, [&] { return AsBefore(); });
  figures.undone.push_back(base::ToSeconds(Now() - known_));
}

// Whatever goes on is ended by a stop condition; then all is looked at.
Result<void> Trial::End(Figures& figures) {
  if (kind_.what == What::kNobody && Heard("announced on", 2)) {
    figures.left.push_back(kind_.name + ": something has begun");
  }
  if (kind_.at == At::kSettling && !AsBefore()) figures.left.push_back(kind_.name + ": something is set");
  std::filesystem::remove(KillFile(plant_.victim));
  if (!Ends()) {
    plant_.telemetry.Be({.stop = true});
    if (auto stopped = Await("all is undone"); !stopped) return stopped;
  }
  if (kind_.what == What::kDestroyed) {
    if (auto undone = Await("all is undone"); !undone) return undone;
    if (auto started = Virsh("start"); !started) return started;
  }
  plant_.telemetry.Be({});
  if (auto closed = Await("episode closed", sent_); !closed) return closed;
  const auto view = plant_.subjects.Look(kTarget);
  if (!view) return view.error();
  if (*view != plant_.original) figures.left.push_back(kind_.name + ": a setting or a marker");
  const auto metrics = plant_.victim.Call({"GET", "/metrics", "", "", {}});
  for (const char* series : {"forewarn_experiment_active{", "forewarn_injection_active{"}) {
    if (!metrics || metrics->body.find(series) != std::string::npos) {
      figures.left.push_back(kind_.name + ": " + series);
    }
  }
  return {};
}

}  // namespace forewarn::stops
