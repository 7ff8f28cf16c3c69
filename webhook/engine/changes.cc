// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/log/log.h"
#include "webhook/actuators/actuators.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/reasons.h"

// The pipe's dealings with targets and the journal.
namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::Outcome;
using journal::State;

namespace {

constexpr base::Duration kCallTime = std::chrono::seconds(5);
constexpr base::Duration kApplyTime = std::chrono::seconds(30);

actuators::Target TargetOf(const Episode& episode) { return {episode.domain, episode.uuid, episode.hypervisor, ""}; }

Note NoteOf(const Episode& episode, const Change& change, const actuators::Setting& previous) {
  return {std::to_string(episode.id), change.actuator, previous, episode.expiry.value_or(episode.alerted),
          episode.epoch};
}

actuators::Reversal ReversalOf(const Change& change) {
  const actuators::ActuatorKind* kind = actuators::FindKind(change.actuator);
  return kind == nullptr ? actuators::Reversal::kReversible : kind->reversal;
}

}  // namespace

// By name once; from then on it is the same domain or none.
base::Result<void> Pipe::Resolve(Episode& episode) {
  auto target = parts_.domains.Resolve(episode.domain, CallDeadline());
  if (!target) return target.error();
  if (!episode.uuid.empty() && target->uuid != episode.uuid) {
    return base::Error{base::ErrorCode::kNotFound, episode.domain + " is another domain now"};
  }
  episode.uuid = target->uuid;
  episode.hypervisor = target->hypervisor;
  return {};
}

// Two changes of one setting could not be undone in any order.
base::Result<void> Pipe::CheckOverlap(const Episode& episode, const std::string& subject_uuid,
                                      const std::string& actuator) {
  journal::Filter filter;
  filter.changed = subject_uuid;
  filter.open = true;
  auto open = parts_.journal.Find(filter);
  if (!open) return open.error();
  for (const Episode& other : *open) {
    for (const Change& change : other.changes) {
      const bool same = change.actuator == actuator && change.subject.uuid == subject_uuid;
      if (other.id != episode.id && same && change.InForce()) {
        return base::Error{base::ErrorCode::kConflict, std::string(kOverlap) + ": episode " + std::to_string(other.id) +
                                                           " has changed " + actuator};
      }
    }
  }
  return {};
}

// Appends the change; one that the actuator has nothing to do for is on record as refused.
base::Result<void> Pipe::PlanChange(Episode& episode, const std::string& name) {
  auto found = parts_.actuators.find(name);
  if (found == parts_.actuators.end()) return base::Error{base::ErrorCode::kInternal, "no actuator " + name};
  auto subject = found->second->Subject(TargetOf(episode), CallDeadline());
  if (!subject && subject.error().code != base::ErrorCode::kUnsupported) return subject.error();
  const actuators::Target target = subject ? *subject : TargetOf(episode);
  if (auto free = CheckOverlap(episode, target.uuid, name); !free) return free;
  const double severity = episode.prediction ? std::clamp(episode.prediction->severity, 0.0, 1.0) : 0;
  Change change;
  change.step = episode.step;
  change.actuator = name;
  change.lasting = ReversalOf(change) == actuators::Reversal::kFinal;
  change.subject = {target.domain, target.uuid, target.hypervisor};
  auto now = subject ? found->second->Read(target, CallDeadline()) : subject.error();
  auto to = now ? found->second->Propose(target, *now, actuators::Direction::kRelieve, severity) : now.error();
  if (to) {
    if (auto in_time = CheckTime(episode, name); !in_time) to = in_time.error();
  }
  if (now) change.from = actuators::ToText(*now);
  if (to) {
    change.to = actuators::ToText(*to);
  } else if (to.error().code == base::ErrorCode::kUnsupported) {
    change.outcome = Outcome::kRefused;
    change.reason = to.error().message;
  } else {
    return to.error();
  }
  episode.changes.push_back(std::move(change));
  return {};
}

actuators::Target Pipe::SubjectOf(const Episode& episode, const Change& change) {
  const journal::Subject& subject = change.subject;
  return {subject.domain, subject.uuid, subject.hypervisor, subject.uuid == episode.uuid ? "" : episode.domain};
}

// Whether somebody has undone a change that is on record as in force: the reverter, while we were away or late.
bool Pipe::UndoneElsewhere(const Episode& episode) const {
  return std::any_of(episode.changes.begin(), episode.changes.end(), [&](const Change& change) {
    const auto actuator = parts_.actuators.find(change.actuator);
    if (!change.InForce() || actuator == parts_.actuators.end()) return false;
    const auto now = actuator->second->Read(SubjectOf(episode, change), CallDeadline());
    return now && actuators::ToText(*now) == change.from;
  });
}

base::Result<void> Pipe::MarkChange(const Episode& episode, const Change& change, base::Deadline deadline) {
  auto from = actuators::SettingFromText(change.from);
  if (!from) return from.error();
  return parts_.domains.Mark(SubjectOf(episode, change), NoteOf(episode, change, *from), deadline);
}

base::Result<void> Pipe::ApplyChange(const Episode& episode, Change& change) {
  auto from = actuators::SettingFromText(change.from);  // without it there would be no way back
  auto to = actuators::SettingFromText(change.to);
  if (!from) return from.error();
  if (!to) return to.error();
  auto ours = parts_.claims.Check(episode);
  if (!ours) return ours.error();
  const actuators::Target target = SubjectOf(episode, change);
  // The reverter undoes what is marked, without asking whether it should stand. Late, it would mark what another
  // process has undone.
  if (ReversalOf(change) == actuators::Reversal::kReversible) {
    if (auto marked = MarkChange(episode, change, {std::min(CallDeadline().at, *ours)}); !marked) return marked;
  }
  const base::WallTime began = parts_.clock.Now();
  auto applied = parts_.actuators.at(change.actuator)->Apply(target, *to, ApplyDeadline(*ours));
  if (!applied) return applied;
  change.applied = parts_.clock.Now();
  parts_.memory.experience.Took(change.actuator, *change.applied - began);
  parts_.metrics.Applied(change.actuator, *change.applied - began, parts_.memory.experience.P95(change.actuator));
  parts_.metrics.Began(episode.domain, change.actuator);
  parts_.metrics.Took(*change.applied - episode.alerted);
  Log(episode, change, "applied");
  return {};
}

base::Result<void> Pipe::UndoChange(const Episode& episode, Change& change) {
  const actuators::Target target = SubjectOf(episode, change);
  auto from = actuators::SettingFromText(change.from);
  if (!from) return from.error();
  auto found = parts_.actuators.find(change.actuator);
  if (found == parts_.actuators.end()) return base::Error{base::ErrorCode::kInternal, "no actuator " + change.actuator};
  auto ours = parts_.claims.Check(episode);
  if (!ours) return ours.error();
  auto undone = found->second->Apply(target, *from, ApplyDeadline(*ours));
  // A target that is gone took its settings with it.
  if (!undone && undone.error().code != base::ErrorCode::kNotFound) return undone;
  // A marker that stays would have the reverter set the old value once more, whatever somebody has set since.
  if (ReversalOf(change) == actuators::Reversal::kReversible) {
    const base::Deadline in_time{std::min(CallDeadline().at, *ours)};
    auto unmarked = parts_.domains.Unmark(target, NoteOf(episode, change, *from), in_time);
    if (!unmarked && unmarked.error().code != base::ErrorCode::kNotFound) return unmarked;
  }
  change.reverted = parts_.clock.Now();
  parts_.metrics.Undone(episode.domain, change.actuator);
  Log(episode, change, "reverted");
  return {};
}

// The step didn't help: undone, on record before that begins.
Pipe::Next Pipe::GiveUpStep(Episode& episode, Outcome outcome, const std::string& reason) {
  for (Change& change : episode.changes) {
    if (!change.Pending()) continue;
    change.outcome = outcome;
    change.reason = reason;
    if (change.lasting) {
      parts_.metrics.Paged(kPageLasting);
      log::Error("what cannot be undone didn't help, or was cut off",
                 {{"domain", episode.domain}, {"actuator", change.actuator}});
    }
    Ended(episode, change);
    Log(episode, change, "gave up");
  }
  episode.outcome = outcome;
  episode.reason = reason;
  const bool others_stay = std::any_of(episode.changes.begin(), episode.changes.end(), [](const Change& change) {
    return change.InForce() && change.outcome == Outcome::kRelieved;
  });
  if (!others_stay) episode.expiry.reset();
  episode.state = State::kReverting;
  Save(episode);
  return Undo(episode);
}

// A migration isn't undone by another only because time has passed, or while everything is to be stopped.
void Pipe::LetStand(Episode& episode) {
  for (Change& change : episode.changes) {
    if (change.InForce() && ReversalOf(change) == actuators::Reversal::kCompensable) change.lasting = true;
  }
}

Pipe::Next Pipe::UndoAll(Episode& episode, const std::string& reason) {
  episode.expiry.reset();
  for (Change& change : episode.changes) {
    if (!change.Pending()) continue;
    change.outcome = Outcome::kUnverifiable;
    change.reason = reason;
    Ended(episode, change);
  }
  if (episode.outcome == Outcome::kNone) episode.outcome = Outcome::kUnverifiable;
  episode.reason = reason;
  episode.state = State::kReverting;
  Save(episode);
  return Undo(episode);
}

// What helped before stays held; else the next step, if the last one was tried and failed; else the end.
Pipe::Next Pipe::AfterUndo(Episode& episode) {
  if (episode.LastInForce() != nullptr) {
    episode.state = State::kHeld;
    episode.outcome = Outcome::kRelieved;
    episode.deadline = After(std::chrono::minutes(1));
    Save(episode);
    return base::Duration::zero();
  }
  const bool failed = episode.outcome == Outcome::kIneffective || episode.outcome == Outcome::kHarmful ||
                      episode.reason.starts_with("apply_failed");
  const bool once_more = episode.reason == kInterrupted && !Tried(episode, episode.step);
  if (!failed && !once_more) return Close(episode);
  episode.step = NextStep(episode);
  if (StepOf(episode) == nullptr) {
    parts_.metrics.Paged(kPageExhausted);
    log::Error("no step of the plan helped", {{"domain", episode.domain}, {"fault", episode.fault}});
    return Close(episode);
  }
  episode.state = State::kPlanned;
  Save(episode);
  return base::Duration::zero();
}

void Pipe::ForgetPlan(Episode& episode) {
  std::erase_if(episode.changes,
                [](const Change& change) { return change.outcome == Outcome::kNone && !change.intended; });
}

Pipe::Next Pipe::Drop(const Episode& episode) {
  log::Warn("left to another process", {{"episode", std::to_string(episode.id)}, {"domain", episode.domain}});
  return std::nullopt;
}

Pipe::Next Pipe::Close(Episode& episode) {
  episode.state = State::kClosed;
  if (!episode.closed) episode.closed = parts_.clock.Now();
  if (auto saved = parts_.journal.Save(episode); !saved) {
    if (saved.error().message.starts_with(journal::kFenced)) return Drop(episode);
    if (parts_.journal.Dead()) parts_.metrics.JournalUp(0);
    return std::chrono::seconds(1);
  }
  log::Info("episode closed", {{"episode", std::to_string(episode.id)},
                               {"domain", episode.domain},
                               {"fault", episode.fault},
                               {"outcome", std::string(Name(episode.outcome))},
                               {"reason", episode.reason}});
  return std::nullopt;
}

const plan::Step* Pipe::StepOf(const Episode& episode) const {
  const auto& steps = rules_->policies.For(episode.fault).steps;
  const auto step = static_cast<std::size_t>(episode.step);
  return step < steps.size() ? &steps[step] : nullptr;
}

// Undoing goes on without the journal; beginning doesn't (Apply).
bool Pipe::Save(const Episode& episode) {
  auto saved = parts_.journal.Save(episode);
  if (saved) return true;
  if (parts_.journal.Dead()) parts_.metrics.JournalUp(0);
  log::Error("not recorded", {{"episode", std::to_string(episode.id)}, {"error", saved.error().message}});
  return false;
}

base::WallTime Pipe::After(base::Duration duration) const {
  return parts_.clock.Now() + std::chrono::duration_cast<base::WallTime::duration>(duration);
}

// A standby has to come up before traffic moves; but nothing begins when the episode may be another process's.
base::Deadline Pipe::ApplyDeadline(base::SteadyTime ours_until) const {
  return {std::min(base::Deadline::After(kApplyTime, parts_.clock).at, ours_until)};
}

base::Deadline Pipe::CallDeadline() const { return base::Deadline::After(kCallTime, parts_.clock); }

void Pipe::Log(const Episode& episode, const Change& change, const char* action) const {
  std::string evidence;
  if (episode.prediction) {
    for (const auto& [signal, score] : episode.prediction->evidence) {
      evidence += (evidence.empty() ? "" : ",") + signal + "=" + std::to_string(score);
    }
  }
  log::Info("mitigation", {{"action", action},
                           {"episode", std::to_string(episode.id)},
                           {"epoch", std::to_string(episode.epoch)},
                           {"domain", episode.domain},
                           {"fault", episode.fault},
                           {"confidence", episode.prediction ? std::to_string(episode.prediction->confidence) : ""},
                           {"evidence", evidence},
                           {"actuator", change.actuator},
                           {"from", change.from},
                           {"to", change.to},
                           {"outcome", std::string(Name(change.outcome))},
                           {"reason", change.reason}});
}

}  // namespace forewarn::engine
