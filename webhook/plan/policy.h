// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/config/yaml.h"

namespace forewarn::plan {

// How a step is judged: the symptom, by PromQL. `$domain` in the expression stands for the target's name, escaped for
// use between quotes. Of several rows the largest counts.
struct Verify {
  std::string expr;
  base::Duration deadline = std::chrono::seconds(15);  // relieved within it, or reverted and the next step
  double relieved_ratio = 0.8;                         // relieved: at most this part of what it was before
  double harmful_ratio = 1.5;                          // harmful: at least this part
};

// Settings that are changed together, in order, and judged and reverted as one.
struct Step {
  std::vector<std::string> actuators;
  Verify verify;
};

enum class Approval { kNone, kRequired };
enum class Mode { kObserve, kAct };  // observe: journal what would be done

struct Policy {
  Mode mode = Mode::kObserve;
  std::vector<Step> steps;  // tried until one relieves: the best record first, then in this order
  Approval approval = Approval::kNone;
  base::Duration approval_timeout = std::chrono::minutes(15);  // then nothing is done
  bool require_experiment = false;  // only steps that have passed an experiment, at most so long ago
  base::Duration experiment_max_age = std::chrono::hours(24 * 7);
  double control_ratio = 0;  // of what would be done, the share that isn't, to see what would have happened
  base::Duration expiry = std::chrono::minutes(10);  // how long a verified step is held
  int max_renewals = 3;  // of the expiry, while there is no headroom without it; then a person is paged
};

// `policies:` by fault.
class Policies {
 public:
  static Policies Decode(const config::Node& node);
  const Policy& For(const std::string& fault) const;  // the fault's own, or the default
  const std::map<std::string, Policy>& by_fault() const { return by_fault_; }

 private:
  std::map<std::string, Policy> by_fault_;
  Policy default_;  // without steps unless configured: nothing is done
};

// The expression with the target's name in it.
std::string ExprFor(const Verify& verify, const std::string& domain);

}  // namespace forewarn::plan
