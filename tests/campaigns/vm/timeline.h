// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <set>
#include <string>

#include "tests/campaigns/vm/dice.h"
#include "tests/campaigns/vm/plan.h"

namespace forewarn::campaign {

// What a guest does when nothing is wrong.
struct Base {
  double cpu = 0;     // percent
  double disk = 0;    // 1/s
  double net = 0;     // MiB/s
  double errors = 0;  // 1/s
};

// A plan while it is drawn.
class Timeline {
 public:
  Timeline(Plan& plan, const Size& size, const Base& base, Dice& dice)
      : plan_(plan), size_(size), base_(base), dice_(dice) {}

  const Size& size() const { return size_; }
  const Base& base() const { return base_; }
  Dice& dice() { return dice_; }
  Plan& plan() { return plan_; }
  double AvailableMib() const;  // at rest, about
  double left() const { return plan_.length - plan_.onset; }

  // A load of the guest from onset + `after` on: base load of that name no longer changes.
  void Command(const std::string& command, double after = 0);
  void Set(Lever lever, double value, double after = 0);

  // Calls `step` with 0 to 1 every two seconds while `seconds` pass, or once with 1 where the fault is abrupt.
  void Grow(double seconds, const std::function<void(double grown, double after)>& step);
  bool gradual() const { return plan_.manner == "gradual"; }

  void BeginBase();  // before the history
  void Wander();     // ordinary changes of what no fault has taken

 private:
  Plan& plan_;
  Size size_;
  Base base_;
  Dice& dice_;
  std::set<std::string> taken_;
};

std::string Words(const std::string& load, std::initializer_list<double> numbers);

// Adds what the plan's fault does, or what is ordinary in a null run.
void AddFault(Timeline& timeline);
void AddOrdinary(Timeline& timeline);

}  // namespace forewarn::campaign
