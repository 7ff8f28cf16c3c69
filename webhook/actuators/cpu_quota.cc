// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/cpu_quota.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr std::int64_t kUnlimited = -1;
constexpr std::int64_t kLeastQuota = 1000;           // µs, libvirt's
constexpr std::int64_t kMostQuota = 17592186044415;  // µs, libvirt's; "max" of cgroup v2 reads so
constexpr std::int64_t kDefaultPeriod = 100000;      // µs, the kernel's
constexpr std::int64_t kMostShares = 262144;         // cgroup v1's
constexpr std::int64_t kMostWeight = 10000;          // cgroup v2's, by the same name in libvirt

base::Error NotASetting() { return {base::ErrorCode::kInvalid, "not a setting of cpu_quota"}; }

base::Result<Setting> ToSetting(const hypervisor::Parameters& scheduler) {
  const auto quota = scheduler.find("vcpu_quota"), period = scheduler.find("vcpu_period");
  if (quota == scheduler.end()) return Refusal("no_cpu_quota", "the hypervisor offers no vcpu_quota");
  const bool limited = quota->second > 0 && quota->second < kMostQuota;
  const bool timed = period != scheduler.end() && period->second > 0;
  Setting setting{{{"vcpu_quota", std::to_string(limited ? quota->second : kUnlimited)},
                   {"vcpu_period", std::to_string(timed ? period->second : kDefaultPeriod)}}};
  const auto shares = scheduler.find("cpu_shares");
  if (shares != scheduler.end() && shares->second > 0) setting.values["cpu_shares"] = std::to_string(shares->second);
  return setting;
}

class CpuQuota : public Actuator {
 public:
  CpuQuota(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto scheduler = (*host)->Scheduler(target.uuid, deadline);
    if (!scheduler) return scheduler.error();
    return ToSetting(*scheduler);
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    const auto quota = NumberAt(now, "vcpu_quota"), period = NumberAt(now, "vcpu_period");
    if (!quota || !period || *period <= 0) return NotASetting();
    const bool relieve = direction == Direction::kRelieve;
    if (relieve && *quota <= 0) return RaiseShares(target, now, severity);
    const double whole = static_cast<double>(*period);
    const double ratio = *quota > 0 ? static_cast<double>(*quota) / whole : 1.0;
    const double factor = relieve ? 1 + Scale(severity) : StressFactor(severity);
    const Limits limits = LimitsOf(targets_, target.domain, "cpu_quota");
    const double wanted = std::round(Bounded(limits, "ratio", ratio, ratio * factor) * whole);
    const auto next = std::max(static_cast<std::int64_t>(wanted), kLeastQuota);
    if (relieve ? next <= *quota : static_cast<double>(next) >= ratio * whole) {
      return Refusal("at_limit", "the CPU quota of " + target.domain + " is where it may go");
    }
    Setting proposed = now;
    proposed.values["vcpu_quota"] = std::to_string(next);
    return proposed;
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    hypervisor::Parameters wanted;
    for (const char* name : {"vcpu_quota", "cpu_shares"}) {
      if (const auto value = NumberAt(setting, name)) wanted[name] = *value;
    }
    if (!wanted.contains("vcpu_quota")) return NotASetting();
    auto before = Read(target, deadline);
    if (!before) return before.error();
    std::erase_if(wanted, [&](const auto& entry) { return NumberAt(*before, entry.first) == entry.second; });
    if (wanted.empty()) return {};
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (auto set = (*host)->SetScheduler(target.uuid, wanted, deadline); !set) return set;
    auto after = Read(target, deadline);
    if (!after) return after.error();
    for (const auto& [name, value] : wanted) {
      if (NumberAt(*after, name) != value) {
        return base::Error{base::ErrorCode::kConflict, name + " reads back otherwise than it was set"};
      }
    }
    return {};
  }

 private:
  base::Result<Setting> RaiseShares(const Target& target, const Setting& now, double severity) const {
    const auto shares = NumberAt(now, "cpu_shares");
    if (!shares) return Refusal("no_quota_to_raise", target.domain + " has neither a CPU quota nor shares");
    const auto current = static_cast<double>(*shares);
    const double most = static_cast<double>(*shares <= kMostWeight ? kMostWeight : kMostShares);
    const Limits limits = LimitsOf(targets_, target.domain, "cpu_quota");
    const double wanted =
        std::round(Bounded(limits, "shares", current, std::min(most, current * (1 + Scale(severity)))));
    if (wanted <= current) return Refusal("at_limit", "the CPU shares of " + target.domain + " are where they may go");
    Setting proposed = now;
    proposed.values["cpu_shares"] = std::to_string(static_cast<std::int64_t>(wanted));
    return proposed;
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeCpuQuota(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<CpuQuota>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
