// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "webhook/engine/changes.h"
#include "webhook/engine/course.h"

namespace forewarn::engine {

// The best by its record of those that are possible, the last resort last, else in the policy's order; behind the end:
// none.
int BestStep(const plan::Policy& policy, const Experience& experience, const std::string& fault,
             const std::function<bool(int)>& possible);

// The course of a mitigation.
class Pipe : public Course {
 public:
  Pipe(const Parts& parts, std::shared_ptr<const Rules> rules)
      : parts_(parts), rules_(std::move(rules)), changes_(parts) {}

  std::optional<base::Duration> Advance(journal::Episode& episode) override;
  std::optional<base::Duration> Heed(journal::Episode& episode, journal::Wish wish, const std::string& by) override;
  Preview Look(journal::Episode episode) override;

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
  bool Proven(const journal::Episode& episode, int step) const;
  static guard::Refusal NoStep(const plan::Policy& policy, const std::string& fault);
  int NextStep(const journal::Episode& episode) const;
  base::Result<void> CheckTime(const journal::Episode& episode, const std::string& actuator) const;
  base::Result<void> PlanChange(journal::Episode& episode, const std::string& actuator);
  std::optional<Next> Queue(journal::Episode& episode);  // nullopt: its turn
  Next Delay(journal::Episode& episode, const guard::Refusal& refusal);
  void StopExperimentsOn(const journal::Episode& episode) const;
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
  static void ForgetPlan(journal::Episode& episode);  // the changes that weren't begun

  const plan::Step* StepOf(const journal::Episode& episode) const;  // nullptr behind the plan's end

  const Parts& parts_;
  std::shared_ptr<const Rules> rules_;
  const Changes changes_;
};

}  // namespace forewarn::engine
