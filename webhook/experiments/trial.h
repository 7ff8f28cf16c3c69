// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "webhook/engine/changes.h"
#include "webhook/engine/course.h"
#include "webhook/engine/telemetry.h"
#include "webhook/experiments/template.h"

namespace forewarn::experiments {

// The course of an experiment: steady state ▸ record ▸ announce ▸ inject ▸ observe ▸ mitigate ▸ verify ▸ revert ▸
// steady state again ▸ verdict. Whatever happens after the injection has begun, all of it is undone.
class Trial : public engine::Course {
 public:
  Trial(const engine::Parts& parts, std::shared_ptr<const engine::Rules> rules,
        std::shared_ptr<const Templates> templates)
      : parts_(parts), rules_(std::move(rules)), templates_(std::move(templates)), changes_(parts) {}

  std::optional<base::Duration> Advance(journal::Episode& episode) override;
  std::optional<base::Duration> Heed(journal::Episode& episode, journal::Wish wish, const std::string& by) override;
  engine::Preview Look(journal::Episode episode) override;
  bool Leave(journal::Episode& episode) override;

 private:
  using Next = std::optional<base::Duration>;
  struct Ruling {
    journal::Verdict verdict;
    std::string reason;
  };

  // The phases, in their order.
  Next Begin(journal::Episode& episode);
  Next AwaitMark(journal::Episode& episode);
  Next Inject(journal::Episode& episode);  // the next rung
  Next Observe(journal::Episode& episode);
  Next Mitigate(journal::Episode& episode);
  Next Verify(journal::Episode& episode);
  Next Conclude(journal::Episode& episode, const Ruling& ruling);
  Next Revert(journal::Episode& episode);
  Next Settle(journal::Episode& episode);
  Next Cool(journal::Episode& episode);

  // The plan: whom, how severe, which mitigation. Nothing is touched.
  std::optional<guard::Refusal> Plan(journal::Episode& episode) const;
  std::optional<guard::Refusal> ChooseTarget(journal::Episode& episode, const Template& one) const;
  std::optional<guard::Refusal> ChooseStep(journal::Episode& episode, const Template& one) const;
  std::optional<guard::Refusal> Crowded(const journal::Episode& episode) const;
  std::optional<std::string> NotSteady(const journal::Episode& episode) const;
  std::vector<guard::Refusal> Judge(const journal::Episode& episode) const;

  // Their parts.
  std::optional<Next> Stopped(journal::Episode& episode);  // why it cannot go on; nullopt: it can
  std::optional<Ruling> WhyToStop(const journal::Episode& episode) const;
  std::optional<Ruling> WhatBefellTarget(const journal::Episode& episode) const;
  void Refresh(journal::Episode& episode) const;
  std::optional<Ruling> Announce(journal::Episode& episode);
  std::optional<Ruling> PlanRung(journal::Episode& episode, std::vector<journal::Change>& planned) const;
  std::optional<Ruling> PlanMitigation(journal::Episode& episode, std::vector<journal::Change>& planned) const;
  std::optional<Ruling> Carry(journal::Episode& episode, std::vector<journal::Change> planned);
  base::Result<void> UndoAll(journal::Episode& episode) const;
  bool Eased(const journal::Experiment& experiment, double symptom, double relieved_ratio) const;
  Next Refuse(journal::Episode& episode, const guard::Refusal& refusal);
  void Cover(const journal::Episode& episode) const;
  void Note(journal::Episode& episode, const std::string& what, std::optional<double> symptom = {}) const;
  // What shows the fault, and what the policy verifies by, over the template's window.
  base::Result<double> Symptom(const journal::Episode& episode, engine::Bound bound) const;
  base::Result<double> Verified(const journal::Episode& episode, engine::Bound bound) const;
  promql::Client& Watch() const;  // nobody hears a kill switch while a question waits for its answer
  bool Passed(const journal::OptionalTime& deadline) const;
  const Template* TemplateOf(const journal::Episode& episode) const;
  const plan::Step* StepOf(const journal::Episode& episode) const;

  const engine::Parts& parts_;
  std::shared_ptr<const engine::Rules> rules_;
  std::shared_ptr<const Templates> templates_;
  const engine::Changes changes_;
};

}  // namespace forewarn::experiments
