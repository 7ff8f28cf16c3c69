// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/http/client.h"
#include "tests/campaigns/rehearsals/cases.h"
#include "tests/e2e/demo/daemons.h"
#include "tests/e2e/demo/hardware.h"
#include "webhook/actuators/actuators.h"
#include "webhook/plan/targets.h"

namespace forewarn::rehearsals {

// One canary, what watches it, and Forewarn. All of it ends with the object.
class Ward {
 public:
  // Ready when it returns. `bed` and `one` outlive it.
  static base::Result<std::unique_ptr<Ward>> Start(testbed::Bed& bed, const testbed::Image& image, const Case& one);

  // What is set, of every actuator that an experiment here may use; by its name.
  base::Result<std::map<std::string, std::string>> Settings();
  base::Result<std::size_t> Markers();  // on the canary and its standby
  // An answer of the webhook's API: its `data`, as text.
  base::Result<std::string> Ask(const std::string& method, const std::string& path, const std::string& body);
  base::Result<double> Query(const std::string& promql) const { return stack_->Query(promql); }

 private:
  Ward(testbed::Bed& bed, const Case& one) : bed_(bed), case_(one) {}
  base::Result<void> StartMachines();
  base::Result<void> StartStack();
  base::Result<void> OpenEyes();
  std::string WebhookYaml() const;

  testbed::Bed& bed_;
  const Case& case_;
  demo::Site site_;
  std::unique_ptr<demo::Hardware> hardware_;
  testbed::Machine* canary_ = nullptr;
  testbed::Machine* standby_ = nullptr;
  std::optional<testbed::Stack> stack_;
  std::unique_ptr<hypervisor::Inventory> inventory_;  // our own eyes, not Forewarn's
  plan::Targets targets_;
  std::vector<actuators::ActuatorLine> actuators_;
  std::unique_ptr<http::Client> webhook_;
  std::optional<demo::Daemons> daemons_;  // last: they end before what they talk to
};

}  // namespace forewarn::rehearsals
