// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/storms/witness.h"

#include <algorithm>

namespace forewarn::storms {
namespace {

constexpr std::size_t kFew = 3;  // what the rails always allow of a share

}  // namespace

base::Result<void> Witness::Apply(const actuators::Target& target, const actuators::Setting& setting,
                                  base::Deadline deadline) {
  std::lock_guard lock(mutex_);
  auto now = actuator_.Read(target, deadline);
  if (!now) return now.error();
  originals_.try_emplace(target.uuid, *now);
  if (setting == originals_.at(target.uuid)) {
    in_force_.erase(target.domain);
    telemetry_.Restored(target.domain);
  } else {
    if (in_force_.contains(target.domain)) Breach(target.domain + " was changed twice");
    in_force_[target.domain] = target.hypervisor;
    ++effects_;
    most_ = std::max(most_, in_force_.size());
    Judge(target);
    telemetry_.Changed(target.domain);
  }
  return actuator_.Apply(target, setting, deadline);
}

void Witness::Judge(const actuators::Target& target) {
  const std::size_t count = in_force_.size();
  if (count > static_cast<std::size_t>(weather_.max_in_force)) Breach("concurrency");
  const auto same = std::count_if(in_force_.begin(), in_force_.end(),
                                  [&](const auto& entry) { return entry.second == target.hypervisor; });
  if (same > weather_.max_in_force_per_hypervisor) Breach("concurrency of " + target.hypervisor);
  if (count > kFew && static_cast<double>(count) > weather_.fleet_budget * weather_.domains) Breach("budget");
  if (effects_ > weather_.max_per_hour) Breach("rate");
  const std::set<std::string> predicted = telemetry_.Predicted();
  int others = 0, healthy = 0;
  for (int domain = 0; domain < weather_.domains; ++domain) {
    const std::string name = NameOf(domain);
    const bool same_class =
        ClassOf(domain, weather_.classes) == ClassOf(std::stoi(target.domain.substr(3)), weather_.classes);
    if (!same_class || name == target.domain) continue;
    ++others;
    if (!predicted.contains(name) && !in_force_.contains(name)) ++healthy;
  }
  if (healthy < weather_.minimum_healthy * others) Breach("minimum healthy");
}

}  // namespace forewarn::storms
