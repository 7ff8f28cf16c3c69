// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/promql/client.h"
#include "webhook/actuators/actuator.h"
#include "webhook/engine/domains.h"
#include "webhook/engine/experience.h"
#include "webhook/engine/fleet_view.h"
#include "webhook/engine/metrics.h"
#include "webhook/guard/guard_rails.h"
#include "webhook/journal/journal.h"

namespace forewarn::engine {

// What a reload replaces as a whole.
struct Rules {
  plan::Policies policies;
  plan::Targets targets;
  guard::Settings guard;
};

// What all pieces of work share, beside the journal. All of it can be had again from there or from telemetry.
struct Memory {
  std::mutex beginning;  // held from the rails' judgement to the record, so that what they count stays true
  FleetView fleet;
  Experience experience;
};

// What the engine judges by and acts through. All outlive it.
struct Parts {
  promql::Client& telemetry;
  journal::Journal& journal;
  journal::Claims& claims;
  Domains& domains;
  std::map<std::string, actuators::Actuator*> actuators;  // by name
  const guard::KillSwitch& kill_switch;
  const base::Clock& clock;
  Metrics& metrics;
  Memory& memory;
};

// What would be done about an episode, and who would say no to it.
struct Preview {
  journal::Episode episode;  // with the changes as planned; those that nothing can be done by are refused
  std::vector<guard::Refusal> refusals;
};

// Takes one episode from alert to outcome, a piece of work at a time. It keeps nothing: the episode is the state, and
// all of it is in the journal.
class Pipe {
 public:
  Pipe(const Parts& parts, std::shared_ptr<const Rules> rules) : parts_(parts), rules_(std::move(rules)) {}

  // Does what can be done now. After how long there is more to do; nullopt once the episode is closed.
  std::optional<base::Duration> Advance(journal::Episode& episode);
  // Does what a person asked for, as far as the episode allows it; then as Advance.
  std::optional<base::Duration> Heed(journal::Episode& episode, journal::Wish wish, const std::string& by);
  // Asks everybody, touches nothing.
  Preview Look(journal::Episode episode);

 private:
  using Next = std::optional<base::Duration>;

  // The pipe, in its order.
  Next Begin(journal::Episode& episode);
  Next Wait(journal::Episode& episode);                                          // for a person
  base::Result<double> Plan(journal::Episode& episode, const plan::Step& step);  // the symptom now; appends the changes
  base::Result<void> Record(journal::Episode& episode);
  Next StepBack(journal::Episode& episode, const guard::Refusal& refusal);
  static void Unrecord(journal::Episode& episode);
  Next NotRecorded(journal::Episode& episode, const base::Error& error);
  Next Apply(journal::Episode& episode, const plan::Step& step);
  Next Verify(journal::Episode& episode);
  Next Hold(journal::Episode& episode);
  Next Undo(journal::Episode& episode);

  // Their parts.
  bool HeldOut(const journal::Episode& episode) const;
  guard::Question Ask(const journal::Episode& episode) const;
  void Ended(const journal::Episode& episode, const journal::Change& change);  // it has its outcome
  static bool Tried(const journal::Episode& episode, int step);
  int NextStep(const journal::Episode& episode) const;  // the best that wasn't tried; behind the end: none
  base::Result<void> Resolve(journal::Episode& episode);
  base::Result<void> CheckOverlap(const journal::Episode& episode, const std::string& subject_uuid,
                                  const std::string& actuator);
  base::Result<void> CheckTime(const journal::Episode& episode, const std::string& actuator) const;
  base::Result<void> PlanChange(journal::Episode& episode, const std::string& actuator);
  static actuators::Target SubjectOf(const journal::Episode& episode, const journal::Change& change);
  bool UndoneElsewhere(const journal::Episode& episode) const;
  base::Result<void> MarkChange(const journal::Episode& episode, const journal::Change& change,
                                base::Deadline deadline);
  base::Result<void> ApplyChange(const journal::Episode& episode, journal::Change& change);
  base::Result<void> UndoChange(const journal::Episode& episode, journal::Change& change);
  std::optional<Next> Queue(journal::Episode& episode);  // nullopt: its turn
  Next Delay(journal::Episode& episode, const guard::Refusal& refusal);
  void PageAbout(const std::string& reason);  // of a refusal, where a person should know
  void NoteSkipped(const journal::Episode& episode, std::size_t from);
  Next AskAPerson(journal::Episode& episode);
  guard::Refusal RefusalOf(const base::Error& error) const;
  Next Obstacle(journal::Episode& episode, const base::Error& error);  // the plan cannot be made
  Next Refuse(journal::Episode& episode, const guard::Refusal& refusal);
  Next StayHeld(journal::Episode& episode, int held_step);
  Next GiveUpStep(journal::Episode& episode, journal::Outcome outcome, const std::string& reason);
  static void LetStand(journal::Episode& episode);
  Next StopAll(journal::Episode& episode);
  Next UndoAll(journal::Episode& episode, const std::string& reason);
  Next AfterUndo(journal::Episode& episode);
  Next Keep(journal::Episode& episode, double symptom);
  Next Expire(journal::Episode& episode, const base::Result<double>& symptom);
  Next Drop(const journal::Episode& episode);  // another process has it now
  Next Close(journal::Episode& episode);
  static void ForgetPlan(journal::Episode& episode);  // the changes that weren't begun

  const plan::Step* StepOf(const journal::Episode& episode) const;  // nullptr behind the plan's end
  bool Save(const journal::Episode& episode);
  base::WallTime After(base::Duration duration) const;
  base::Deadline CallDeadline() const;
  base::Deadline ApplyDeadline(base::SteadyTime ours_until) const;
  void Log(const journal::Episode& episode, const journal::Change& change, const char* action) const;

  const Parts& parts_;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace forewarn::engine
