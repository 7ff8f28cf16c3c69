// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/disk_errors.h"

#include <cmath>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr const char* kPart = "failing";
constexpr double kMost = 20;

// What a hypervisor can't, or a domain that doesn't run.
base::Error Explain(const base::Error& error, const Target& target) {
  if (error.code == base::ErrorCode::kUnsupported) return Refusal("no_disk_errors", error.message);
  if (error.code == base::ErrorCode::kConflict) return Refusal("not_running", target.domain + " does not run");
  return error;
}

class DiskErrors : public Actuator {
 public:
  explicit DiskErrors(hypervisor::Inventory* inventory) : inventory_(inventory) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto failing = (*host)->FailingRequests(target.uuid, deadline);
    if (!failing) return Explain(failing.error(), target);
    return Setting{{{kPart, std::to_string(*failing)}}};
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    if (direction == Direction::kRelieve) return Refusal("no_relief", "a disk that fails relieves nothing");
    if (NumberAt(now, kPart).value_or(0) > 0) return Refusal("at_limit", target.domain + " has a disk that fails");
    return Setting{{{kPart, std::to_string(std::lround(kMost * Scale(severity)))}}};
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = NumberAt(setting, kPart);
    if (!wanted || *wanted < 0 || static_cast<double>(*wanted) > kMost) {
      return base::Error{base::ErrorCode::kInvalid, "not a setting of disk_errors"};
    }
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto set = (*host)->SetFailingRequests(target.uuid, static_cast<unsigned>(*wanted), deadline);
    if (!set) return Explain(set.error(), target);
    auto after = Read(target, deadline);
    if (!after) return after.error();
    if (*after == setting) return {};
    return base::Error{base::ErrorCode::kConflict, "the added disk of " + target.domain + " reads back otherwise"};
  }

 private:
  hypervisor::Inventory* inventory_;
};

}  // namespace

std::unique_ptr<Actuator> MakeDiskErrors(hypervisor::Inventory* inventory) {
  return std::make_unique<DiskErrors>(inventory);
}

}  // namespace forewarn::actuators
