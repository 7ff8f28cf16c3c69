// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/fleet_view.h"

namespace forewarn::engine {
namespace {

constexpr base::Duration kKeep = std::chrono::seconds(2);

base::Result<std::shared_ptr<const guard::Fleet>> Ask(promql::Client& telemetry, const plan::Targets& targets) {
  auto rows = telemetry.Query(FleetQuery(), 0);
  if (!rows) return rows.error();
  auto fleet = std::make_shared<guard::Fleet>();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    std::string domain(rows->Label(row, "domain"));
    if (domain.empty()) continue;
    if (rows->Label(row, "forewarn_stat") == "predicted") {
      fleet->predicted.insert(std::move(domain));
      continue;
    }
    ++fleet->size;
    const auto target = targets.Find(domain);
    if (target && !target->target_class.empty()) fleet->by_class[target->target_class].push_back(std::move(domain));
  }
  if (fleet->size == 0) return base::Error{base::ErrorCode::kUnavailable, "telemetry knows no instance"};
  return std::shared_ptr<const guard::Fleet>(std::move(fleet));
}

}  // namespace

std::string FleetQuery() {
  // The info has no row where nobody knows the hypervisor; a score is of every instance.
  return "group by (domain) (forewarn_instance_info or on (domain) forewarn_signal_anomaly_score) or label_replace(max "
         "by (domain) (forewarn_fault_confidence_ratio "
         ">= on (fault) group_left () max by (fault) "
         "(forewarn_threshold_ratio{stage=\"mitigate\"})),\"forewarn_stat\",\"predicted\",\"\",\"\")";
}

base::Result<std::shared_ptr<const guard::Fleet>> FleetView::Get(promql::Client& telemetry,
                                                                 const plan::Targets& targets, base::WallTime now) {
  std::lock_guard lock(mutex_);
  if (now - asked_ < kKeep && now >= asked_) return last_;
  last_ = Ask(telemetry, targets);
  asked_ = now;
  return last_;
}

}  // namespace forewarn::engine
