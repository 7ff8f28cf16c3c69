// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/e2e/demo/configs.h"
#include "tests/e2e/demo/daemons.h"
#include "tests/e2e/demo/hardware.h"
#include "tests/e2e/demo/options.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::demo {

using Say = std::function<void(const std::string&)>;

// The twins, what watches them, and Forewarn. All of it ends with the object.
class Lab {
 public:
  struct Door {
    std::string what, url;  // reachable from where the user is
  };
  static std::vector<std::string> DoorNames();  // for BedOptions::publish

  // Returns when all is ready; says what it does. `image` in a bed with namespaces. `bed` and `options` outlive it.
  static base::Result<std::unique_ptr<Lab>> Start(testbed::Bed& bed, const std::optional<testbed::Image>& image,
                                                  const Options& options, const Say& say);

  base::Result<void> Load(const std::string& command);  // the same in both twins
  base::Result<void> Squeeze(double factor);            // the CPU quota of both, whatever it is now
  std::vector<Door> Doors() const;
  Daemons& daemons() { return *daemons_; }
  testbed::Stack& stack() { return *stack_; }
  Hardware& hardware() { return *hardware_; }
  const Site& site() const { return site_; }

 private:
  Lab(testbed::Bed& bed, const Scenario& scenario) : bed_(bed), scenario_(scenario) {}
  base::Result<void> StartMachines();
  base::Result<void> StartStack();
  base::Result<void> LoadCanary();
  std::string ServiceOf(const std::string& name) const;

  testbed::Bed& bed_;
  const Scenario& scenario_;
  Site site_;
  std::unique_ptr<Hardware> hardware_;
  std::vector<testbed::Machine*> machines_;
  std::unique_ptr<hypervisor::Inventory> inventory_;  // the host's own hand, not Forewarn's
  std::optional<testbed::Stack> stack_;
  std::optional<Daemons> daemons_;  // last: they end before what they talk to
};

}  // namespace forewarn::demo
