// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libvirt/libvirt.h>

#include <vector>

#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::hypervisor {

// libvirt's typed parameters; frees the texts among them.
class TypedParameters {
 public:
  explicit TypedParameters(int count) : items_(static_cast<std::size_t>(count)) {}
  TypedParameters(TypedParameters&&) = default;
  ~TypedParameters() { virTypedParamsClear(items_.data(), static_cast<int>(items_.size())); }

  virTypedParameterPtr data() { return items_.data(); }
  void Shrink(int count) { items_.resize(static_cast<std::size_t>(count)); }

  // The whole numbers and booleans among them; texts and fractions aren't ours to set.
  Parameters Numbers() const;
  // Those of `values`, in the types that libvirt gave them in this list: it refuses a value of another type.
  // kUnsupported for a name that isn't here.
  base::Result<TypedParameters> With(const Parameters& values) const;

 private:
  std::vector<virTypedParameter> items_;
};

}  // namespace forewarn::hypervisor
