// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::storms {

struct Outcome {
  int alerts = 0, episodes = 0, effects = 0;
  std::size_t most_at_once = 0;
};

// The domains of all storms: libvirt's test driver, in this process.
class Fleet {
 public:
  Fleet(const std::filesystem::path& directory, int domains);
  hypervisor::Inventory& inventory() { return *inventory_; }
  int domains() const { return domains_; }

 private:
  int domains_;
  std::unique_ptr<hypervisor::Inventory> inventory_;
};

// One storm to its end, in simulated time. Error: the first breach, or what was left behind.
base::Result<Outcome> Run(Fleet& fleet, const std::filesystem::path& directory, std::uint64_t seed);

}  // namespace forewarn::storms
