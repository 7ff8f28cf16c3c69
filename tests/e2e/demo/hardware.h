// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/host.h"
#include "tests/testbed/image.h"
#include "tests/testbed/machine.h"
#include "tests/testbed/stack.h"

namespace forewarn::demo {

// A hypervisor and its machines: real or simulated.
class Hardware {
 public:
  virtual ~Hardware() = default;
  virtual std::string uri() const = 0;                                                      // for libvirt
  virtual std::vector<testbed::StackOptions::Hypervisor> watched() const = 0;               // by libvirt exporters
  virtual base::Result<testbed::Machine*> Add(const testbed::MachineOptions& options) = 0;  // belongs to the hardware
  virtual testbed::Host* host() = 0;  // nullptr where it is simulated
};

inline constexpr const char* kHypervisor = "host1";

// In a bed with namespaces: a private libvirtd and QEMU guests of `image`; in a plain one: the simulation.
base::Result<std::unique_ptr<Hardware>> StartHardware(testbed::Bed& bed, const std::optional<testbed::Image>& image);

}  // namespace forewarn::demo
