// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/log/log.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/reasons.h"
#include "webhook/engine/telemetry.h"

// Where the pipe stops for a person, and what a person may ask of it.
namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::State;
using journal::Wish;

namespace {

constexpr base::Duration kAgain = std::chrono::seconds(1);  // after the journal was away

// Uniform in [0, 1), the same for an episode each time that it is asked (splitmix64, https://prng.di.unimi.it/).
double Draw(const Episode& episode) {
  auto x = static_cast<std::uint64_t>(episode.id) +
           0x9e3779b97f4a7c15U * static_cast<std::uint64_t>(1 + episode.alerted.time_since_epoch().count());
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1.0p-53;
}

}  // namespace

// Only what would really be done is held out, so that both arms are alike.
bool Pipe::HeldOut(const Episode& episode) const {
  const double ratio = rules_->policies.For(episode.fault).control_ratio;
  const bool begun = std::any_of(episode.changes.begin(), episode.changes.end(),
                                 [](const Change& change) { return change.intended.has_value(); });
  return !begun && Draw(episode) < ratio;
}

Pipe::Next Pipe::AskAPerson(Episode& episode) {
  const plan::Policy& policy = rules_->policies.For(episode.fault);
  episode.approval = journal::Approval::kWaiting;
  episode.state = State::kWaiting;
  episode.deadline = changes_.After(policy.approval_timeout);
  if (!changes_.Save(episode)) {  // whom nobody can see waiting doesn't wait
    ForgetPlan(episode);
    episode.state = State::kPlanned;
    return kAgain;
  }
  parts_.metrics.Paged(kPageApproval);
  log::Warn("waiting for approval",
            {{"episode", std::to_string(episode.id)}, {"domain", episode.domain}, {"fault", episode.fault}});
  return policy.approval_timeout;
}

// Whoever agrees agrees to what is planned then: telemetry and the rails are asked again.
Pipe::Next Pipe::Wait(Episode& episode) {
  const base::WallTime now = parts_.clock.Now();
  if (episode.approval == journal::Approval::kGranted) {
    ForgetPlan(episode);
    episode.state = State::kPlanned;
    episode.deadline.reset();
    changes_.Save(episode);  // nothing is done without the record before it, which comes next
    return base::Duration::zero();
  }
  if (episode.approval == journal::Approval::kRefused)
    return Refuse(episode, {kApprovalRefused, "by " + episode.decided_by});
  if (now >= episode.deadline.value_or(now)) return Refuse(episode, {kApprovalExpired, "nobody agreed in time"});
  return *episode.deadline - now;
}

Pipe::Next Pipe::Heed(Episode& episode, Wish wish, const std::string& by) {
  log::Info("asked by a person", {{"episode", std::to_string(episode.id)},
                                  {"domain", episode.domain},
                                  {"wish", std::string(Name(wish))},
                                  {"by", by}});
  const bool waiting = episode.state == State::kWaiting;
  if (waiting && wish != Wish::kNone) {
    episode.approval = wish == Wish::kApprove ? journal::Approval::kGranted : journal::Approval::kRefused;
    episode.decided_by = by;
    return Wait(episode);
  }
  if (wish == Wish::kRevert && episode.LastInForce() != nullptr) {
    episode.decided_by = by;
    return UndoAll(episode, "asked by " + by);
  }
  return Advance(episode);
}

Preview Pipe::Look(Episode episode) {
  Preview preview;
  const auto refuse = [&](const guard::Refusal& refusal) { preview.refusals.push_back(refusal); };
  if (auto asked = Confirm(parts_.telemetry, {&episode}); !asked) refuse({kTargetUnresolved, asked.error().message});
  episode.step = NextStep(episode);
  if (const plan::Step* step = StepOf(episode); step == nullptr) {
    refuse(NoStep(rules_->policies.For(episode.fault), episode.fault));
  } else if (auto planned = Plan(episode, *step); !planned) {
    refuse(RefusalOf(planned.error()));
  }
  for (guard::Refusal& refusal : guard::JudgeAll(Ask(episode))) preview.refusals.push_back(std::move(refusal));
  if (rules_->policies.For(episode.fault).approval == plan::Approval::kRequired) {
    refuse({kApprovalRequired, "a person has to agree"});
  }
  preview.episode = std::move(episode);
  return preview;
}

}  // namespace forewarn::engine
