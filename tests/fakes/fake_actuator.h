// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "webhook/actuators/actuator.h"

namespace forewarn::fakes {

// One number in memory. Relief doubles it, stress takes away as much of it as the severity says.
class FakeActuator : public actuators::Actuator {
 public:
  explicit FakeActuator(int value = 100) : value_(value) {}

  base::Result<actuators::Setting> Read(const actuators::Target&, base::Deadline) override {
    std::lock_guard lock(mutex_);
    if (fail_read) return *fail_read;
    return actuators::Setting{{{"value", std::to_string(value_)}}};
  }
  base::Result<actuators::Setting> Propose(const actuators::Target&, const actuators::Setting& now,
                                           actuators::Direction direction, double severity) const override {
    if (fail_propose) return *fail_propose;
    const int value = std::stoi(now.values.at("value"));
    const bool relieve = direction == actuators::Direction::kRelieve;
    const int next = relieve ? relief * value : static_cast<int>(value * (1 - severity));
    return actuators::Setting{{{"value", std::to_string(next)}}};
  }
  base::Result<void> Apply(const actuators::Target&, const actuators::Setting& setting, base::Deadline) override {
    if (before_apply) before_apply();
    std::lock_guard lock(mutex_);
    if (fail_apply) return *std::exchange(fail_apply, fail_always ? fail_apply : std::nullopt);
    value_ = std::stoi(setting.values.at("value"));
    applied_.push_back(value_);
    return {};
  }

  int value() const {
    std::lock_guard lock(mutex_);
    return value_;
  }
  std::vector<int> applied() const {  // every value that was set, in order
    std::lock_guard lock(mutex_);
    return applied_;
  }

  std::optional<base::Error> fail_read, fail_propose;
  std::optional<base::Error> fail_apply;  // the next one, or with fail_always each
  bool fail_always = false;
  int relief = 2;  // factor
  std::function<void()> before_apply;

 private:
  mutable std::mutex mutex_;
  int value_;
  std::vector<int> applied_;
};

}  // namespace forewarn::fakes
