// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/masks.h"

#include <algorithm>
#include <cstdint>

namespace forewarn::signals {

void Mark(const Question& question, std::string_view domain, double value, Reading& reading) {
  if (domain.empty()) ++reading.dropped.no_domain;
  const std::int64_t slot = domain.empty() || !(value > 0) ? -1 : reading.snapshot.instances->Find(domain);
  if (slot < 0) return;
  auto& mask = reading.masks.*question.mask;
  mask.resize(std::max<std::size_t>(mask.size(), static_cast<std::size_t>(slot) + 1));
  mask[static_cast<std::size_t>(slot)] = true;
}

}  // namespace forewarn::signals
