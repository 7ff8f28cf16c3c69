// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/changes.h"

#include <algorithm>

#include "common/log/log.h"
#include "webhook/actuators/actuators.h"
#include "webhook/engine/reasons.h"

namespace forewarn::engine {

using journal::Change;
using journal::Episode;
using journal::Outcome;

namespace {

constexpr base::Duration kCallTime = std::chrono::seconds(5);
constexpr base::Duration kApplyTime = std::chrono::seconds(30);

Note NoteOf(const Episode& episode, const Change& change, const actuators::Setting& previous) {
  return {std::to_string(episode.id), change.actuator, previous, episode.expiry.value_or(episode.alerted),
          episode.epoch};
}

actuators::Reversal ReversalOf(const Change& change) {
  const actuators::ActuatorKind* kind = actuators::FindKind(change.actuator);
  return kind == nullptr ? actuators::Reversal::kReversible : kind->reversal;
}

// Who has the change, for whose sake.
actuators::Target SubjectOf(const Episode& episode, const Change& change) {
  const journal::Subject& subject = change.subject;
  const bool trial = episode.experiment.has_value();
  const std::string& uuid = trial ? episode.experiment->target.uuid : episode.uuid;
  const std::string& domain = trial ? episode.experiment->target.domain : episode.domain;
  return {subject.domain, subject.uuid, subject.hypervisor, subject.uuid == uuid ? "" : domain};
}

}  // namespace

base::Result<void> Changes::Resolve(Episode& episode) const {
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
base::Result<void> Changes::CheckOverlap(const Episode& episode, const std::string& subject_uuid,
                                         const std::string& actuator) const {
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

base::Result<Change> Changes::Plan(const Episode& episode, const Wanted& wanted) const {
  auto found = parts_.actuators.find(wanted.actuator);
  if (found == parts_.actuators.end()) {
    return base::Error{base::ErrorCode::kInternal, "no actuator " + wanted.actuator};
  }
  // Whom an experiment injects into is the target itself, not who would be changed for its sake.
  const bool relieve = wanted.direction == actuators::Direction::kRelieve;
  auto subject = relieve ? found->second->Subject(wanted.target, CallDeadline()) : wanted.target;
  if (!subject && subject.error().code != base::ErrorCode::kUnsupported) return subject.error();
  const actuators::Target target = subject ? *subject : wanted.target;
  if (auto free = CheckOverlap(episode, target.uuid, wanted.actuator); !free) return free.error();
  Change change;
  change.step = episode.step;
  change.actuator = wanted.actuator;
  change.lasting = ReversalOf(change) == actuators::Reversal::kFinal;
  change.injection = !relieve;
  change.subject = {target.domain, target.uuid, target.hypervisor};
  auto now = subject ? found->second->Read(target, CallDeadline()) : subject.error();
  if (now) change.from = actuators::ToText(*now);
  // A rung is milder or more severe than another by what was there before both.
  auto base = now && !relieve ? actuators::SettingFromText(episode.Lowest(change).from) : now;
  auto to = base ? found->second->Propose(target, *base, wanted.direction, wanted.severity) : base.error();
  if (!to && to.error().code != base::ErrorCode::kUnsupported) return to.error();
  if (to) {
    change.to = actuators::ToText(*to);
  } else {
    change.outcome = Outcome::kRefused;
    change.reason = to.error().message;
  }
  return change;
}

base::Result<bool> Changes::Marked(const Episode& episode, const Change& change) const {
  return parts_.domains.Marked(SubjectOf(episode, change), change.actuator, CallDeadline());
}

bool Changes::UndoneElsewhere(const Episode& episode) const {
  return std::any_of(episode.changes.begin(), episode.changes.end(), [&](const Change& change) {
    const auto actuator = parts_.actuators.find(change.actuator);
    if (!change.InForce() || actuator == parts_.actuators.end()) return false;
    const auto now = actuator->second->Read(SubjectOf(episode, change), CallDeadline());
    return now && actuators::ToText(*now) == change.from;
  });
}

base::Result<void> Changes::Mark(const Episode& episode, const Change& change, base::Deadline deadline) const {
  auto from = actuators::SettingFromText(episode.Lowest(change).from);  // what everything goes back to
  if (!from) return from.error();
  return parts_.domains.Mark(SubjectOf(episode, change), NoteOf(episode, change, *from), deadline);
}

base::Result<void> Changes::Apply(const Episode& episode, Change& change) const {
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
    if (auto marked = Mark(episode, change, {std::min(CallDeadline().at, *ours)}); !marked) return marked;
  }
  const base::WallTime began = parts_.clock.Now();
  auto applied = parts_.actuators.at(change.actuator)->Apply(target, *to, ApplyDeadline(*ours));
  if (!applied) return applied;
  change.applied = parts_.clock.Now();
  parts_.memory.experience.Took(change.actuator, *change.applied - began);
  parts_.metrics.Applied(change.actuator, *change.applied - began, parts_.memory.experience.P95(change.actuator));
  if (!episode.experiment) {
    parts_.metrics.Began(episode.domain, change.actuator);
    parts_.metrics.Took(*change.applied - episode.alerted);
  }
  Log(episode, change, "applied");
  return {};
}

base::Result<void> Changes::Undo(const Episode& episode, Change& change) const {
  if (&episode.Lowest(change) != &change) {
    change.reverted = parts_.clock.Now();
    Log(episode, change, "given up to what lies below");
    return {};
  }
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
  if (!episode.experiment) parts_.metrics.Undone(episode.domain, change.actuator);
  Log(episode, change, "reverted");
  return {};
}
void Changes::Learn(const std::string& fault, const Change& change) const {
  parts_.memory.experience.Learn(fault, change);
  parts_.metrics.Believed(fault, change.actuator, parts_.memory.experience.Success(fault, change.actuator));
}

bool Changes::Save(const Episode& episode) const {
  auto saved = parts_.journal.Save(episode);
  if (saved) return true;
  if (parts_.journal.Dead()) parts_.metrics.JournalUp(0);
  log::Error("not recorded", {{"episode", std::to_string(episode.id)}, {"error", saved.error().message}});
  return false;
}

std::optional<base::Duration> Changes::Drop(const Episode& episode) {
  log::Warn("left to another process", {{"episode", std::to_string(episode.id)}, {"domain", episode.domain}});
  return std::nullopt;
}

std::optional<base::Duration> Changes::Close(Episode& episode) const {
  episode.state = journal::State::kClosed;
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

base::WallTime Changes::After(base::Duration duration) const {
  return parts_.clock.Now() + std::chrono::duration_cast<base::WallTime::duration>(duration);
}

// A standby has to come up before traffic moves; but nothing begins when the episode may be another process's.
base::Deadline Changes::ApplyDeadline(base::SteadyTime ours_until) const {
  return {std::min(base::Deadline::After(kApplyTime, parts_.clock).at, ours_until)};
}

base::Deadline Changes::CallDeadline() const { return base::Deadline::After(kCallTime, parts_.clock); }

void Changes::Log(const Episode& episode, const Change& change, const char* action) const {
  std::string evidence;
  if (episode.prediction) {
    for (const auto& [signal, score] : episode.prediction->evidence) {
      evidence += (evidence.empty() ? "" : ",") + signal + "=" + std::to_string(score);
    }
  }
  log::Info(change.injection ? "injection" : "mitigation",
            {{"action", action},
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
