// SPDX-License-Identifier: Apache-2.0
#include "webhook/plan/policy.h"

#include <algorithm>

#include "webhook/actuators/actuators.h"

namespace forewarn::plan {
namespace {

constexpr std::string_view kDomain = "$domain";

Verify DecodeVerify(const config::Map& map, Verify otherwise) {
  Verify verify = std::move(otherwise);
  verify.expr = map.String("expr", verify.expr);
  verify.deadline = map.Duration("deadline", verify.deadline);
  verify.relieved_ratio = map.Number("relieved_ratio", verify.relieved_ratio);
  verify.harmful_ratio = map.Number("harmful_ratio", verify.harmful_ratio);
  if (verify.expr.find(kDomain) == std::string::npos) map.Fail("expr must contain $domain: it is asked for one target");
  if (verify.deadline <= base::Duration::zero()) map.Fail("deadline must be above 0");
  if (!(verify.relieved_ratio > 0 && verify.relieved_ratio < 1)) map.Fail("relieved_ratio must be between 0 and 1");
  if (!(verify.harmful_ratio > 1)) map.Fail("harmful_ratio must be above 1");
  return verify;
}

void AddActuator(const config::Node& node, Step& step) {
  const std::string name = node.String();
  const actuators::ActuatorKind* kind = actuators::FindKind(name);
  if (kind == nullptr) {
    node.Fail("no such actuator: " + name);
  } else if (kind->use == actuators::ActuatorKind::Use::kInjection) {
    node.Fail(name + " relieves nothing: it is for experiments");
  } else if (std::find(step.actuators.begin(), step.actuators.end(), name) != step.actuators.end()) {
    node.Fail(name + " is in this step already");
  }
  step.actuators.push_back(name);
}

bool HasFinal(const Policy& policy) {
  return std::any_of(policy.steps.begin(), policy.steps.end(), [](const Step& step) {
    return std::any_of(step.actuators.begin(), step.actuators.end(), [](const std::string& name) {
      const actuators::ActuatorKind* kind = actuators::FindKind(name);
      return kind != nullptr && kind->reversal == actuators::Reversal::kFinal;
    });
  });
}

void AddActuators(const config::Node& node, Step& step) {
  if (!node.IsSequence()) return AddActuator(node, step);
  for (const config::Node& item : node.Items()) AddActuator(item, step);
  if (step.actuators.empty()) node.Fail("a step needs an actuator");
}

// disk_io, [standby, traffic], or {actuators: …, verify: …}
Step DecodeStep(const config::Node& node, const Verify& verify) {
  Step step{{}, verify};
  if (!node.IsMap()) {
    AddActuators(node, step);
    return step;
  }
  const config::Map map = node.AsMap();
  if (auto actuators = map.Require("actuators")) AddActuators(*actuators, step);
  if (auto own = map.Find("verify")) step.verify = DecodeVerify(own->AsMap(), verify);
  return step;
}

Policy DecodePolicy(const config::Map& map) {
  Policy policy;
  const std::string mode = map.String("mode", "observe");
  if (mode != "observe" && mode != "act") map.Fail("mode must be observe or act");
  policy.mode = mode == "act" ? Mode::kAct : Mode::kObserve;
  Verify verify;
  if (auto node = map.Require("verify")) verify = DecodeVerify(node->AsMap(), verify);
  if (auto steps = map.Require("steps")) {
    for (const config::Node& item : steps->Items()) policy.steps.push_back(DecodeStep(item, verify));
    if (policy.steps.empty()) steps->Fail("needs a step");
  }
  policy.expiry = map.Duration("expiry", policy.expiry);
  policy.max_renewals =
      static_cast<int>(std::clamp<std::int64_t>(map.Integer("max_renewals", policy.max_renewals), 0, 1000));
  const std::string approval = map.String("approval", "none");
  if (approval != "none" && approval != "required") map.Fail("approval must be none or required");
  policy.approval = approval == "required" ? Approval::kRequired : Approval::kNone;
  policy.approval_timeout = map.Duration("approval_timeout", policy.approval_timeout);
  policy.control_ratio = map.Number("control_ratio", policy.control_ratio);
  if (!(policy.control_ratio >= 0 && policy.control_ratio <= 1)) map.Fail("control_ratio must be between 0 and 1");
  policy.require_experiment = map.Bool("require_experiment", false);
  policy.experiment_max_age = map.Duration("experiment_max_age", policy.experiment_max_age);
  const bool allow_final = map.Bool("allow_final", false);
  if (HasFinal(policy) && !allow_final && policy.approval == Approval::kNone) {
    map.Fail("a step cannot be undone: it needs approval: required, or allow_final: true");
  }
  if (policy.expiry < std::chrono::seconds(1)) map.Fail("expiry must be at least 1s");
  return policy;
}

}  // namespace

Policies Policies::Decode(const config::Node& node) {
  Policies policies;
  for (const auto& [fault, value] : node.Entries()) {
    Policy policy = DecodePolicy(value.AsMap());
    if (fault == "default") {
      policies.default_ = std::move(policy);
    } else {
      policies.by_fault_[fault] = std::move(policy);
    }
  }
  return policies;
}

const Policy& Policies::For(const std::string& fault) const {
  auto found = by_fault_.find(fault);
  return found == by_fault_.end() ? default_ : found->second;
}

std::string ExprFor(const Verify& verify, const std::string& domain) {
  std::string escaped;
  for (const char c : domain) {
    if (c == '\\' || c == '"' || c == '\'' || c == '`') escaped += '\\';
    escaped += c;
  }
  std::string expr = verify.expr;
  for (std::size_t at = 0; (at = expr.find(kDomain, at)) != std::string::npos; at += escaped.size()) {
    expr.replace(at, kDomain.size(), escaped);
  }
  return expr;
}

}  // namespace forewarn::plan
