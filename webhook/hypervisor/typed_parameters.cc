// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/typed_parameters.h"

#include <algorithm>
#include <optional>

namespace forewarn::hypervisor {
namespace {

std::optional<std::int64_t> NumberOf(const virTypedParameter& item) {
  switch (item.type) {
    case VIR_TYPED_PARAM_INT:
      return item.value.i;
    case VIR_TYPED_PARAM_UINT:
      return item.value.ui;
    case VIR_TYPED_PARAM_LLONG:
      return item.value.l;
    case VIR_TYPED_PARAM_ULLONG:
      return static_cast<std::int64_t>(item.value.ul);
    case VIR_TYPED_PARAM_BOOLEAN:
      return item.value.b;
    default:
      return std::nullopt;
  }
}

void Assign(virTypedParameter& item, std::int64_t value) {
  switch (item.type) {
    case VIR_TYPED_PARAM_INT:
      item.value.i = static_cast<int>(value);
      break;
    case VIR_TYPED_PARAM_UINT:
      item.value.ui = static_cast<unsigned>(value);
      break;
    case VIR_TYPED_PARAM_LLONG:
      item.value.l = value;
      break;
    case VIR_TYPED_PARAM_ULLONG:
      item.value.ul = static_cast<unsigned long long>(value);
      break;
    case VIR_TYPED_PARAM_BOOLEAN:
      item.value.b = static_cast<char>(value != 0);
      break;
    default:
      break;
  }
}

}  // namespace

Parameters TypedParameters::Numbers() const {
  Parameters numbers;
  for (const auto& item : items_) {
    if (const auto number = NumberOf(item)) numbers[item.field] = *number;
  }
  return numbers;
}

base::Result<TypedParameters> TypedParameters::With(const Parameters& values) const {
  TypedParameters chosen(0);
  for (const auto& entry : values) {
    const auto& name = entry.first;
    const auto known = std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return name == item.field; });
    if (known == items_.end() || !NumberOf(*known)) {
      return base::Error{base::ErrorCode::kUnsupported, "the hypervisor has no parameter " + name};
    }
    chosen.items_.push_back(*known);
    Assign(chosen.items_.back(), entry.second);
  }
  return chosen;
}

}  // namespace forewarn::hypervisor
