// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/change.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace forewarn::actuators {

base::Error Refusal(std::string_view reason, std::string_view detail) {
  return {base::ErrorCode::kUnsupported, std::string(reason) + ": " + std::string(detail)};
}

double Scale(double severity) {
  constexpr double kLeast = 0.1;
  return std::isnan(severity) ? kLeast : std::clamp(severity, kLeast, 1.0);
}

double StressFactor(double severity) { return 1 - 0.9 * Scale(severity); }

Limits LimitsOf(const TargetLookup& targets, const std::string& domain, const std::string& actuator) {
  const auto config = targets ? targets(domain) : std::nullopt;
  if (!config) return {};
  const auto found = config->limits.find(actuator);
  return found == config->limits.end() ? Limits{} : found->second;
}

double Clamp(const Limits& limits, const std::string& name, double value) {
  const auto found = limits.find(name);
  if (found == limits.end()) return value;
  return std::max(found->second.min, std::min(value, found->second.max));
}

double Bounded(const Limits& limits, const std::string& name, double now, double wanted) {
  const double clamped = Clamp(limits, name, wanted);
  return wanted >= now ? std::max(now, clamped) : std::min(now, clamped);
}

std::optional<std::int64_t> NumberAt(const Setting& setting, const std::string& name) {
  const auto found = setting.values.find(name);
  if (found == setting.values.end()) return std::nullopt;
  const std::string& text = found->second;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

base::Result<hypervisor::Hypervisor*> HypervisorOf(hypervisor::Inventory& inventory, const Target& target,
                                                   base::Deadline deadline) {
  hypervisor::Hypervisor* named = inventory.Find(target.hypervisor);
  if (named == nullptr) {
    return base::Error{base::ErrorCode::kNotFound, "the inventory has no hypervisor " + target.hypervisor};
  }
  const auto state = named->State(target.uuid, deadline);
  if (state || state.error().code != base::ErrorCode::kNotFound) return named;
  const auto all = inventory.Locate(target.uuid, deadline);
  for (const hypervisor::Domain& domain : all.found) {
    if (hypervisor::IsActive(domain.state)) return inventory.Find(domain.hypervisor);
  }
  if (all.silent.empty()) return named;
  return base::Error{base::ErrorCode::kUnavailable, target.domain + " may run on " + all.silent.front()};
}

}  // namespace forewarn::actuators
