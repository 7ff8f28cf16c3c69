// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/fakes/fake_hypervisor.h"
#include "webhook/actuators/actuator.h"
#include "webhook/actuators/target_config.h"

namespace forewarn::actuators {

inline base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(10)); }

// One target on one hypervisor in memory.
class OneDomain : public ::testing::Test {
 protected:
  TargetLookup Lookup() {
    return [this](const std::string& domain) { return domain == "web-1" ? std::optional(config_) : std::nullopt; };
  }
  Setting Now(Actuator& actuator) {
    auto now = actuator.Read(target_, Soon());
    EXPECT_TRUE(now.ok()) << now.error().message;
    return now ? *now : Setting{};
  }
  // What is proposed, or the message of the refusal.
  std::string Proposed(Actuator& actuator, Direction direction, double severity, const std::string& part) {
    auto next = actuator.Propose(target_, Now(actuator), direction, severity);
    if (!next) {
      EXPECT_EQ(next.error().code, base::ErrorCode::kUnsupported);
      return next.error().message;
    }
    return next->values[part];
  }

  fakes::FakeHypervisor host_{"host1"};
  fakes::FakeInventory inventory_{{{"host1", &host_}}};
  Target target_{"web-1", host_.Add("web-1"), "host1"};
  TargetConfig config_;
};

}  // namespace forewarn::actuators
