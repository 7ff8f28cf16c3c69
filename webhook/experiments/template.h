// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/config/yaml.h"
#include "webhook/plan/policy.h"
#include "webhook/plan/targets.h"

namespace forewarn::experiments {

// Whom an experiment on a domain's behalf is done to.
enum class On { kCanary, kStandby, kSelf };

// PromQL; `$domain` stands for the target's name. True where it has a row and no row is 0 or NaN.
struct Condition {
  std::string expr;
};

// One entry of `experiments.templates`.
struct Template {
  std::string name, fault;
  plan::Mode mode = plan::Mode::kObserve;
  std::vector<On> on{On::kCanary};  // the first that the configuration has for the domain
  std::vector<std::string> inject;  // actuators, set together, in order
  // Severities of the injection as parts of the predicted one, each milder than it. The first is injected; where the
  // fault doesn't show by `show_deadline`, the next.
  std::vector<double> ladder{0.2, 0.4, 0.6};
  double severity = 0.5;                // in place of a predicted one, where nothing is predicted
  std::vector<Condition> steady_state;  // before, and again after
  std::vector<Condition> stop;          // any of them: all is undone at once
  // What shows the fault on the target, by PromQL; default: what the policy verifies by.
  std::string symptom;
  double shown_ratio = 1.2;  // it shows at this multiple of what it was before
  // What is said of the symptom holds for three quarters of it; each deadline gives it a window more. It should be
  // three scrapes at least, and twice the range of the expression.
  base::Duration window = std::chrono::seconds(10);
  base::Duration show_deadline = std::chrono::seconds(20);
  base::Duration settle_deadline = std::chrono::seconds(60);  // for the steady state after it
  base::Duration ttl = std::chrono::minutes(3);               // of all that is injected, whatever happens
  base::Duration min_interval = std::chrono::hours(6);        // between two of the same mitigation on the same target
};

// `experiments:`
class Templates {
 public:
  // Mistakes are recorded in the document. `policies`: whose mitigations are tried.
  static Templates Decode(const config::Map& map, const plan::Policies& policies);
  // By its name, or else the first for the fault; nullptr: there is none.
  const Template* Find(const std::string& name, const std::string& fault) const;
  const std::vector<Template>& all() const { return templates_; }

  int max_running = 1;  // at once
  // How long its series stays after the undoing: the longest window of a signal, and until telemetry is calm again.
  base::Duration cool_down = std::chrono::minutes(2);
  base::Duration mark_deadline =
      std::chrono::minutes(1);  // by which the series must be visible, or nothing is injected

 private:
  std::vector<Template> templates_;
};

}  // namespace forewarn::experiments
