// SPDX-License-Identifier: Apache-2.0
#include "predictor/predictor.h"

namespace forewarn::predictor {
namespace {

bool Holds(const detectors::Mask& mask, std::uint32_t instance) { return instance < mask.size() && mask[instance]; }

}  // namespace

confidence::Standing Circumstances::Of(std::uint32_t instance) const {
  using confidence::Standing;
  if (!known) return Standing::kUnknown;
  if (Holds(masked, instance)) return Standing::kMasked;
  return Holds(mitigated, instance) ? Standing::kMitigated : Standing::kFree;
}

}  // namespace forewarn::predictor
