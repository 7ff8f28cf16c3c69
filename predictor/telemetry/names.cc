// SPDX-License-Identifier: Apache-2.0
#include "predictor/telemetry/snapshot.h"

namespace forewarn::telemetry {

std::uint32_t Names::SlotOf(std::string_view name) {
  const auto known = slots_.find(name);
  if (known != slots_.end()) return known->second;
  const auto slot = size();
  names_.emplace_back(name);
  slots_.emplace(names_.back(), slot);
  return slot;
}

std::int64_t Names::Find(std::string_view name) const {
  const auto known = slots_.find(name);
  return known == slots_.end() ? -1 : static_cast<std::int64_t>(known->second);
}

void Names::Forget(std::string_view name) {
  const auto known = slots_.find(name);
  if (known != slots_.end()) slots_.erase(known);
}

}  // namespace forewarn::telemetry
