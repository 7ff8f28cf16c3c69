// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/disk_io.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/disk_rates.h"
#include "webhook/actuators/neighbour.h"

namespace forewarn::actuators {
namespace {

using hypervisor::Parameters;

constexpr std::array kRates{"total_iops_sec", "total_bytes_sec", "read_iops_sec",
                            "read_bytes_sec", "write_iops_sec",  "write_bytes_sec"};
constexpr double kLeastIops = 10;  // a disk that does less is idle, and one that may do less is as good as gone
constexpr auto kLookingTime = std::chrono::seconds(2);
constexpr const char* kSize = "size_iops_sec";  // how many bytes count as one operation

// Every parameter that makes up a disk's limits, in the form that Read gives: only what is set. A burst's length stands
// without a burst in some answers of libvirt, which refuses to be given it back.
Parameters Canonical(const Parameters& raw) {
  Parameters set;
  const auto keep = [&](const std::string& name) {
    const auto found = raw.find(name);
    if (found == raw.end() || found->second == 0) return false;
    set[name] = found->second;
    return true;
  };
  for (const std::string rate : kRates) {
    keep(rate);
    if (keep(rate + "_max")) keep(rate + "_max_length");
  }
  keep(kSize);
  return set;
}

// The same with an explicit zero for all that is not set, as far as the hypervisor knows it.
Parameters Complete(const Parameters& set, const Parameters& known) {
  Parameters all = set;
  for (const std::string rate : kRates) {
    for (const char* part : {"", "_max", "_max_length"}) {
      if (known.contains(rate + part)) all.try_emplace(rate + part, 0);
    }
  }
  if (known.contains(kSize)) all.try_emplace(kSize, 0);
  return all;
}

class DiskIo : public Actuator {
 public:
  DiskIo(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Target> Subject(const Target& target, base::Deadline deadline) override {
    const auto config = targets_ ? targets_(target.domain) : std::nullopt;
    if (!config || !config->is_neighbour) return target;
    auto own = Read(target, deadline);
    if (!own) return own.error();
    if (!own->values.empty()) return target;
    auto host = HypervisorOf(*inventory_, target, deadline);
    return BusiestNeighbour(**host, target, config->is_neighbour, deadline);
  }

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto disks = (*host)->Disks(target.uuid, deadline);
    if (!disks) return disks.error();
    Setting setting;
    for (const std::string& disk : *disks) {
      auto limits = (*host)->BlockIoTune(target.uuid, disk, deadline);
      if (!limits) return limits.error();
      for (const auto& [name, value] : Canonical(*limits)) setting.values[disk + "." + name] = std::to_string(value);
      if (!target.beneficiary.empty()) setting.values.try_emplace(disk + "." + kRates[0], "0");
    }
    return setting;
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    if (!target.beneficiary.empty()) return ProposeLower(target, now, direction, severity);
    const bool relieve = direction == Direction::kRelieve;
    const double factor = relieve ? 1 + Scale(severity) : StressFactor(severity);
    const Limits limits = LimitsOf(targets_, target.domain, "disk_io");
    Setting next = now;
    bool limited = false;
    for (const auto& [key, text] : now.values) {
      const std::string rate = key.substr(key.rfind('.') + 1);
      if (std::find(kRates.begin(), kRates.end(), rate) == kRates.end()) continue;
      const auto value = NumberAt(now, key);
      if (!value || *value <= 0) continue;
      limited = true;
      const auto current = static_cast<double>(*value);
      const double wanted = std::max(1.0, std::round(Bounded(limits, rate, current, current * factor)));
      next.values[key] = std::to_string(static_cast<std::int64_t>(wanted));
      ScaleBurst(now, next, key, wanted / current);
    }
    if (!limited && relieve) return Refusal("no_limit_to_raise", "no disk of " + target.domain + " is limited");
    if (!limited) return ProposeFirst(target, now, severity);
    if (next == now) return Refusal("at_limit", "the disk limits of " + target.domain + " are where they may go");
    return next;
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto disks = (*host)->Disks(target.uuid, deadline);
    if (!disks) return disks.error();
    if (auto known = CheckNames(setting, *disks); !known) return known;
    for (const std::string& disk : *disks) {
      if (auto done = ApplyTo(**host, target.uuid, disk, setting, deadline); !done) return done;
    }
    return {};
  }

 private:
  // A limit where there is none: below what the disk does now, or below the highest of the target's own limits where it
  // is idle.
  base::Result<Setting> ProposeFirst(const Target& target, const Setting& now, double severity) const {
    const auto deadline = base::Deadline::After(kLookingTime);
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    const auto rates = DiskRates(**host, target.uuid, deadline);
    if (!rates) return rates.error();
    const Limits limits = LimitsOf(targets_, target.domain, "disk_io");
    const auto limit = limits.find(kRates[0]);
    Setting next = now;
    for (const auto& [disk, rate] : *rates) {
      double from = rate;
      if (rate < kLeastIops) from = limit == limits.end() ? 0 : limit->second.max;
      if (from < kLeastIops) continue;
      const double wanted = Clamp(limits, kRates[0], std::max(kLeastIops, std::round(from * StressFactor(severity))));
      next.values[disk + "." + kRates[0]] = std::to_string(static_cast<std::int64_t>(wanted));
    }
    if (next != now) return next;
    return Refusal("no_limit_to_lower", "no disk of " + target.domain + " is limited, or does anything now");
  }

  base::Result<Setting> ProposeLower(const Target& target, const Setting& now, Direction direction,
                                     double severity) const {
    if (direction == Direction::kStress) return Refusal("no_stress", "a neighbour is no subject of experiments");
    const Limits limits = LimitsOf(targets_, target.domain, "disk_io");
    if (limits.empty()) return Refusal("no_neighbour_limits", "the configuration has none for " + target.domain);
    Setting next = now;
    for (const auto& [key, text] : now.values) {
      const std::string zero = std::string(".") + kRates[0];  // each disk has one
      if (key.ends_with(zero)) LowerDisk(now, next, key.substr(0, key.size() - zero.size()), {limits, Scale(severity)});
    }
    if (next == now) return Refusal("at_limit", "the disk limits of " + target.domain + " are where they may go");
    return next;
  }

  struct Lowering {
    const Limits& limits;
    double severity;
  };

  // libvirt refuses a limit of all beside one of reads or writes, so what is there decides.
  static bool Excluded(const Setting& setting, const std::string& disk, const std::string& rate) {
    const std::string unit = rate.substr(rate.find('_'));
    const auto limited = [&](const char* who) { return NumberAt(setting, disk + "." + who + unit).value_or(0) > 0; };
    return rate.starts_with("total") ? limited("read") || limited("write") : limited("total");
  }

  static void LowerDisk(const Setting& now, Setting& next, const std::string& disk, const Lowering& lowering) {
    for (const std::string rate : kRates) {
      const auto range = lowering.limits.find(rate);
      if (range == lowering.limits.end() || Excluded(next, disk, rate)) continue;
      const double wanted = range->second.max - lowering.severity * (range->second.max - range->second.min);
      const auto value = std::max<std::int64_t>(1, std::llround(wanted));
      const std::string key = disk + "." + rate;
      const auto current = NumberAt(now, key).value_or(0);
      if (current > 0 && current <= value) continue;
      next.values[key] = std::to_string(value);
      if (current > 0) ScaleBurst(now, next, key, static_cast<double>(value) / static_cast<double>(current));
    }
  }

  // A burst below the sustained rate is refused by libvirt, so it moves by the same ratio.
  static void ScaleBurst(const Setting& now, Setting& next, const std::string& key, double ratio) {
    const auto burst = NumberAt(now, key + "_max");
    if (!burst || *burst <= 0) return;
    const double scaled = std::ceil(static_cast<double>(*burst) * ratio);
    next.values[key + "_max"] = std::to_string(std::max(static_cast<std::int64_t>(scaled), *NumberAt(next, key)));
  }

  static base::Result<void> CheckNames(const Setting& setting, const std::vector<std::string>& disks) {
    for (const auto& [key, text] : setting.values) {
      const auto dot = key.find('.');
      const auto value = NumberAt(setting, key);
      if (dot == std::string::npos || !value || *value < 0) {
        return base::Error{base::ErrorCode::kInvalid, "not a disk limit: " + key};
      }
      if (std::find(disks.begin(), disks.end(), key.substr(0, dot)) == disks.end()) {
        return base::Error{base::ErrorCode::kNotFound, "the domain has no disk " + key.substr(0, dot)};
      }
    }
    return {};
  }

  static base::Result<void> ApplyTo(hypervisor::Hypervisor& host, const std::string& uuid, const std::string& disk,
                                    const Setting& setting, base::Deadline deadline) {
    Parameters wanted;
    const std::string prefix = disk + ".";
    for (const auto& [key, text] : setting.values) {
      if (key.starts_with(prefix)) wanted[key.substr(prefix.size())] = *NumberAt(setting, key);
    }
    wanted = Canonical(wanted);
    auto before = host.BlockIoTune(uuid, disk, deadline);
    if (!before) return before.error();
    if (Canonical(*before) == wanted) return {};
    if (auto set = host.SetBlockIoTune(uuid, disk, Complete(wanted, *before), deadline); !set) return set;
    auto after = host.BlockIoTune(uuid, disk, deadline);
    if (!after) return after.error();
    if (Canonical(*after) != wanted) {
      return base::Error{base::ErrorCode::kConflict,
                         "the limits of " + disk + " read back otherwise than they were set"};
    }
    return {};
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeDiskIo(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<DiskIo>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators
