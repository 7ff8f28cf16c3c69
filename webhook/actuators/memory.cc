// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/memory.h"

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr std::int64_t kKibPerMib = 1024;
constexpr auto kPoll = std::chrono::milliseconds(20);

constexpr double kLeastMib = 64;  // what a guest needs to stay alive

// In MiB. Below it a guest kills what it runs, which is no mild injection.
double Floor(const Limits& limits, std::int64_t maximum_kib) {
  const auto limit = limits.find("mib");
  const double quarter = static_cast<double>(maximum_kib) / kKibPerMib / 4;
  return std::max(kLeastMib, limit == limits.end() ? quarter : limit->second.min);
}

base::Error NotASetting() { return {base::ErrorCode::kInvalid, "not a setting of memory"}; }

class Memory : public Actuator {
 public:
  Memory(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto memory = (*host)->MemoryOf(target.uuid, deadline);
    if (!memory) return memory.error();
    return Setting{
        {{"current_kib", std::to_string(memory->current_kib)}, {"maximum_kib", std::to_string(memory->maximum_kib)}}};
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    const auto current_kib = NumberAt(now, "current_kib"), maximum_kib = NumberAt(now, "maximum_kib");
    if (!current_kib || !maximum_kib) return NotASetting();
    const Limits limits = LimitsOf(targets_, target.domain, "memory");
    const bool relieve = direction == Direction::kRelieve;
    const auto current = static_cast<double>(*current_kib) / kKibPerMib;
    const double ceiling = std::min(Clamp(limits, "mib", INFINITY), static_cast<double>(*maximum_kib) / kKibPerMib);
    const double wanted =
        relieve
            ? std::min(ceiling, std::ceil(current + Scale(severity) * std::max(0.0, ceiling - current)))
            : std::floor(std::min(current, std::max(Floor(limits, *maximum_kib), current * StressFactor(severity))));
    // Less than one MiB is no change.
    if (relieve && wanted < current + 1) return Refusal("no_memory_to_give", target.domain + " has all it may have");
    if (!relieve && wanted > current - 1) return Refusal("at_limit", target.domain + " has as little as it may have");
    Setting next = now;
    next.values["current_kib"] = std::to_string(static_cast<std::int64_t>(wanted * kKibPerMib));
    return next;
  }

  // The guest gives memory back, and takes it, in its own time.
  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = NumberAt(setting, "current_kib");
    if (!wanted || *wanted <= 0) return NotASetting();
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    if (auto set = (*host)->SetMemory(target.uuid, static_cast<std::uint64_t>(*wanted), deadline); !set) return set;
    for (;;) {
      auto memory = (*host)->MemoryOf(target.uuid, deadline);
      if (!memory) return memory.error();
      const auto off = static_cast<std::int64_t>(memory->current_kib) - *wanted;
      if (std::abs(off) < kKibPerMib) return {};
      if (deadline.Left() < 2 * kPoll) {
        return base::Error{base::ErrorCode::kTimeout, "the guest has " + std::to_string(memory->current_kib) +
                                                          " KiB, not yet " + std::to_string(*wanted)};
      }
      std::this_thread::sleep_for(kPoll);
    }
  }

 private:
  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeMemory(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Memory>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
