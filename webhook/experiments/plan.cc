// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "webhook/actuators/actuators.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/reasons.h"
#include "webhook/engine/telemetry.h"
#include "webhook/experiments/conditions.h"
#include "webhook/experiments/reasons.h"
#include "webhook/experiments/trial.h"

// What an experiment would do: whom to, how severely, which mitigation. Nothing is touched here.
namespace forewarn::experiments {

using guard::Refusal;
using journal::Change;
using journal::Episode;
using journal::Experiment;
using journal::Phase;
using journal::Verdict;

namespace {

std::string NameOf(On on, const std::string& domain, const std::optional<actuators::TargetConfig>& config) {
  if (on == On::kSelf) return domain;
  if (!config) return {};
  return on == On::kCanary ? config->canary : config->standby;
}

// What could not be undone is never tried.
bool Reversible(const plan::Step& step) {
  return std::all_of(step.actuators.begin(), step.actuators.end(), [](const std::string& name) {
    const actuators::ActuatorKind* kind = actuators::FindKind(name);
    return kind != nullptr && kind->reversal == actuators::Reversal::kReversible;
  });
}

actuators::Target TargetOf(const Experiment& trial) {
  return {trial.target.domain, trial.target.uuid, trial.target.hypervisor, ""};
}

}  // namespace

std::optional<Refusal> Trial::Plan(Episode& episode) const {
  Experiment& trial = *episode.experiment;
  const Template* one = templates_->Find(trial.name, episode.fault);
  if (one == nullptr || one->fault != episode.fault) {
    return Refusal{kNoTemplate, "no template " + trial.name + " for " + episode.fault};
  }
  trial.name = one->name;
  trial.predicted = one->severity;
  const auto& prediction = episode.prediction;
  // What isn't likely to come says nothing of how bad it would be.
  if (prediction && prediction->confidence >= prediction->threshold && prediction->severity > 0) {
    trial.predicted = std::min(prediction->severity, 1.0);
  }
  if (auto refusal = ChooseTarget(episode, *one)) return refusal;
  return ChooseStep(episode, *one);
}

std::optional<Refusal> Trial::ChooseTarget(Episode& episode, const Template& one) const {
  const auto config = rules_->targets.Find(episode.domain);
  std::string why = "the configuration names none for " + episode.domain;
  for (const On on : one.on) {
    const std::string name = NameOf(on, episode.domain, config);
    if (name.empty()) continue;
    auto found = parts_.domains.Resolve(name, changes_.CallDeadline());
    if (found) {
      episode.experiment->target = {found->domain, found->uuid, found->hypervisor};
      episode.uuid = found->uuid;  // of one target at most one experiment about a fault is open
      episode.hypervisor = found->hypervisor;
      return std::nullopt;
    }
    why = found.error().message;
  }
  return Refusal{kNoTarget, why};
}

// The one that a mitigation would take, or what comes after it, if that was tried lately.
std::optional<Refusal> Trial::ChooseStep(Episode& episode, const Template& one) const {
  Experiment& trial = *episode.experiment;
  const plan::Policy& policy = rules_->policies.For(episode.fault);
  journal::Filter lately;
  lately.purpose = alerts::kExperiment;
  lately.fault = episode.fault;
  lately.changed = trial.target.uuid;
  lately.acted_since = parts_.clock.Now() - std::chrono::duration_cast<base::WallTime::duration>(one.min_interval);
  auto before = parts_.journal.Find(lately);
  if (!before) return Refusal{kNotRecorded, before.error().message, /*passing=*/true};
  const auto tried = [&](const plan::Step& step) {
    return !episode.Requested() && std::any_of(before->begin(), before->end(), [&](const Episode& other) {
      return other.id != episode.id && other.experiment && other.experiment->mitigation == step.actuators;
    });
  };
  bool any = false;
  trial.step = engine::BestStep(policy, parts_.memory.experience, episode.fault, [&](int index) {
    const plan::Step& step = policy.steps[static_cast<std::size_t>(index)];
    if (!Reversible(step)) return false;
    any = true;
    return !tried(step);
  });
  const plan::Step* step = StepOf(episode);
  if (step == nullptr && any) return Refusal{kRepeated, "each was tried on " + trial.target.domain + " lately"};
  if (step == nullptr) return Refusal{kNothingToTry, "no step of the policy can be undone"};
  trial.mitigation = step->actuators;
  const plan::Verify shows = one.symptom.empty() ? step->verify : plan::Verify{one.symptom, {}};
  trial.signal = plan::ExprFor(shows, trial.target.domain);
  episode.step = trial.step;
  return std::nullopt;
}

std::optional<Refusal> Trial::Crowded(const Episode& episode) const {
  journal::Filter open;
  open.purpose = alerts::kExperiment;
  open.open = true;
  auto others = parts_.journal.Find(open);
  if (!others) return Refusal{kNotRecorded, others.error().message, /*passing=*/true};
  const auto running = std::count_if(others->begin(), others->end(), [&](const Episode& other) {
    if (other.id == episode.id || !other.experiment) return false;
    return other.experiment->phase > Phase::kSteady && other.experiment->phase < Phase::kCooling;
  });
  if (running < templates_->max_running) return std::nullopt;
  return Refusal{kCrowded, std::to_string(running) + " run already", /*passing=*/true};
}

// What doesn't hold of the steady state. A fault that shows, once it is known how calm looks, is none.
std::optional<std::string> Trial::NotSteady(const Episode& episode) const {
  const Experiment& trial = *episode.experiment;
  const Template* one = TemplateOf(episode);
  if (one == nullptr) return std::nullopt;  // the configuration knows it no more
  auto broken = NotHolding(Watch(), one->steady_state, trial.target.domain);
  if (!broken) return "telemetry cannot be asked: " + broken.error().message;
  if (*broken) return **broken;
  if (!trial.calm || !trial.shown) return std::nullopt;
  const auto symptom = Symptom(episode, engine::Bound::kAtMost);
  if (!symptom) return symptom.error().message;
  if (*symptom <= std::max(*trial.calm * one->shown_ratio, (*trial.calm + *trial.shown) / 2)) return std::nullopt;
  return "the symptom is " + std::to_string(*symptom) + " still";
}

std::optional<Trial::Ruling> Trial::PlanRung(Episode& episode, std::vector<Change>& planned) const {
  const Experiment& trial = *episode.experiment;
  for (const std::string& actuator : TemplateOf(episode)->inject) {
    auto change = changes_.Plan(episode, {TargetOf(trial), actuator, trial.injected, actuators::Direction::kStress});
    if (!change) return Ruling{Verdict::kAborted, std::string(kCannotInject) + ": " + change.error().message};
    if (change->outcome != journal::Outcome::kNone) {
      return Ruling{Verdict::kInconclusive, std::string(kCannotInject) + ": " + change->reason};
    }
    planned.push_back(std::move(*change));
  }
  return std::nullopt;
}

std::optional<Trial::Ruling> Trial::PlanMitigation(Episode& episode, std::vector<Change>& planned) const {
  const Experiment& trial = *episode.experiment;
  std::string why;
  for (const std::string& actuator : StepOf(episode)->actuators) {
    auto change = changes_.Plan(episode, {TargetOf(trial), actuator, trial.predicted});
    if (!change) return Ruling{Verdict::kAborted, change.error().message};
    if (change->outcome == journal::Outcome::kNone) {
      planned.push_back(std::move(*change));
    } else {
      why = change->reason;
    }
  }
  if (!planned.empty()) return std::nullopt;
  return Ruling{Verdict::kInconclusive, std::string(kNothingToTry) + ": " + why};
}

// All who refuse. They are asked about the target: it is what is touched.
std::vector<Refusal> Trial::Judge(const Episode& episode) const {
  Episode about = episode;
  about.domain = episode.experiment->target.domain;
  plan::Policy policy;
  policy.mode = TemplateOf(episode)->mode;
  journal::Filter in_force;
  in_force.in_force = true;
  const base::WallTime now = parts_.clock.Now();
  return guard::JudgeAll({about, policy, rules_->targets, rules_->guard, parts_.kill_switch, parts_.journal, now,
                          parts_.memory.fleet.Get(parts_.telemetry, rules_->targets, now),
                          parts_.journal.Find(in_force)});
}

engine::Preview Trial::Look(Episode episode) {
  engine::Preview preview;
  if (!episode.experiment) episode.experiment.emplace();
  static_cast<void>(engine::Confirm(parts_.telemetry, {&episode}));
  if (auto refusal = Plan(episode)) {
    preview.refusals.push_back(*refusal);
  } else {
    if (auto why = NotSteady(episode)) preview.refusals.push_back({kNotSteady, *why, true});
    for (Refusal& said : Judge(episode)) preview.refusals.push_back(std::move(said));
    if (auto crowded = Crowded(episode)) preview.refusals.push_back(*crowded);
    episode.experiment->injected = TemplateOf(episode)->ladder.front() * episode.experiment->predicted;
    for (auto plan : {&Trial::PlanRung, &Trial::PlanMitigation}) {
      if (auto failed = (this->*plan)(episode, episode.changes)) {
        preview.refusals.push_back({failed->reason.substr(0, failed->reason.find(':')), failed->reason});
      }
    }
  }
  preview.episode = std::move(episode);
  return preview;
}

const Template* Trial::TemplateOf(const Episode& episode) const {
  return templates_->Find(episode.experiment->name, episode.fault);
}

const plan::Step* Trial::StepOf(const Episode& episode) const {
  const auto& steps = rules_->policies.For(episode.fault).steps;
  const auto step = static_cast<std::size_t>(episode.experiment->step);
  return step < steps.size() ? &steps[step] : nullptr;
}

}  // namespace forewarn::experiments
