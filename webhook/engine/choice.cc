// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/log/log.h"
#include "webhook/actuators/actuators.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/reasons.h"

// Which step comes next, and when.
namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::Outcome;
using journal::State;

namespace {

constexpr base::Duration kInQueue = std::chrono::seconds(5);

// What cannot be undone, and what stops a guest's work: only when nothing else helps.
bool LastResort(const std::string& actuator) {
  const actuators::ActuatorKind* kind = actuators::FindKind(actuator);
  return actuator == "pause" || (kind != nullptr && kind->reversal == actuators::Reversal::kFinal);
}

}  // namespace

// What a crash cut off says nothing about the step, and may be tried once more; unless nobody knows what it did.
bool Pipe::Tried(const Episode& episode, int step) {
  std::map<std::string, int> cut_off;  // by actuator
  return std::any_of(episode.changes.begin(), episode.changes.end(), [&](const Change& change) {
    if (change.step != step) return false;
    return change.reason != kInterrupted || change.lasting || ++cut_off[change.actuator] > 1;
  });
}

// The best record first, the last resort last; else the policy's order.
int Pipe::NextStep(const Episode& episode) const {
  const auto& steps = rules_->policies.For(episode.fault).steps;
  int best = static_cast<int>(steps.size());
  std::pair<bool, double> best_rank;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (Tried(episode, static_cast<int>(i))) continue;
    std::pair<bool, double> rank{true, 1};
    for (const std::string& actuator : steps[i].actuators) {
      rank.first = rank.first && !LastResort(actuator);
      rank.second = std::min(rank.second, parts_.memory.experience.Success(episode.fault, actuator));
    }
    if (static_cast<std::size_t>(best) < steps.size() && rank <= best_rank) continue;
    best = static_cast<int>(i);
    best_rank = rank;
  }
  return best;
}

// The fault would be there before this actuator is done. Once it is there, anything that relieves is welcome.
base::Result<void> Pipe::CheckTime(const Episode& episode, const std::string& actuator) const {
  if (!episode.prediction || !episode.prediction->expected) return {};
  const base::Duration left = *episode.prediction->expected - parts_.clock.Now();
  const auto takes = parts_.memory.experience.P95(actuator);
  if (!takes || left <= base::Duration::zero() || *takes <= left) return {};
  return base::Error{base::ErrorCode::kUnsupported,
                     std::string(kTooSlow) + ": takes " + std::to_string(base::ToSeconds(*takes)) +
                         " s, the fault comes in " + std::to_string(base::ToSeconds(left)) + " s"};
}

guard::Question Pipe::Ask(const Episode& episode) const {
  journal::Filter in_force;
  in_force.in_force = true;
  const base::WallTime now = parts_.clock.Now();
  return {episode,
          rules_->policies.For(episode.fault),
          rules_->targets,
          rules_->guard,
          parts_.kill_switch,
          parts_.journal,
          now,
          parts_.memory.fleet.Get(parts_.telemetry, rules_->targets, now),
          parts_.journal.Find(in_force)};
}

// Whether others are before us, without asking telemetry or a hypervisor for each that waits.
std::optional<Pipe::Next> Pipe::Queue(Episode& episode) {
  if (!episode.changes.empty() || episode.hypervisor.empty()) return std::nullopt;
  auto refusal = guard::JudgeCounts(Ask(episode));
  if (!refusal || parts_.clock.Now() - episode.alerted >= rules_->guard.patience) return std::nullopt;
  return Delay(episode, *refusal);
}

// Counted and said once, however long it stands in the queue.
Pipe::Next Pipe::Delay(Episode& episode, const guard::Refusal& refusal) {
  ForgetPlan(episode);
  if (const Change* last = episode.LastInForce()) return StayHeld(episode, last->step);
  episode.state = State::kPlanned;
  if (!episode.reason.starts_with(refusal.reason)) {
    parts_.metrics.Refused(refusal.reason);
    episode.reason = refusal.reason + ": " + refusal.why;
    log::Info("waits", {{"domain", episode.domain}, {"fault", episode.fault}, {"reason", episode.reason}});
  }
  return kInQueue;
}

void Pipe::Ended(const Episode& episode, const Change& change) {
  parts_.metrics.Ended(episode.fault, change);
  parts_.memory.experience.Learn(episode.fault, change);
}

void Pipe::PageAbout(const std::string& reason) {
  for (const char* worth : kPagingRefusals) {
    if (reason.starts_with(worth)) parts_.metrics.Paged(worth);
  }
}

void Pipe::NoteSkipped(const Episode& episode, std::size_t from) {
  for (std::size_t i = from; i < episode.changes.size(); ++i) {
    const Change& change = episode.changes[i];
    if (change.outcome != Outcome::kRefused) continue;
    Ended(episode, change);
    PageAbout(change.reason);
    Log(episode, change, "skipped");
  }
}

}  // namespace forewarn::engine
