// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/resolve.h"

namespace forewarn::hypervisor {

bool IsActive(DomainState state) { return state != DomainState::kShutOff && state != DomainState::kCrashed; }

namespace {

base::Error Several(const std::string& name, const char* how, const std::vector<Domain>& domains) {
  std::string message = name + " is " + how + " on several hypervisors:";
  for (const Domain& domain : domains) message += " " + domain.hypervisor;
  return {base::ErrorCode::kConflict, message};
}

}  // namespace

base::Result<Domain> Choose(const std::string& name, const std::vector<base::Result<std::optional<Domain>>>& answers) {
  std::vector<Domain> active, inactive;
  const base::Error* silent = nullptr;
  for (const auto& answer : answers) {
    if (!answer) {
      silent = &answer.error();
    } else if (answer->has_value()) {
      (IsActive((*answer)->state) ? active : inactive).push_back(**answer);
    }
  }
  if (active.size() > 1) return Several(name, "active", active);
  if (active.size() == 1 && (silent == nullptr || active.front().state == DomainState::kRunning)) return active.front();
  // It may run where nobody answers.
  if (silent != nullptr)
    return base::Error{base::ErrorCode::kUnavailable, name + " cannot be resolved: " + silent->message};
  if (inactive.size() > 1) return Several(name, "defined", inactive);
  if (inactive.empty()) return base::Error{base::ErrorCode::kNotFound, "no hypervisor has a domain " + name};
  return inactive.front();
}

}  // namespace forewarn::hypervisor
