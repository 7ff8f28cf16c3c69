// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/disk_rates.h"

#include <chrono>
#include <thread>

namespace forewarn::actuators {
namespace {

constexpr base::Duration kBetween = std::chrono::milliseconds(250);

}  // namespace

base::Result<std::map<std::string, double>> DiskRates(hypervisor::Hypervisor& host, const std::string& uuid,
                                                      base::Deadline deadline) {
  if (deadline.Left() < 2 * kBetween) {
    return base::Error{base::ErrorCode::kUnavailable, "no time to look at what the disks do"};
  }
  const auto first = host.DiskUseOf(uuid, deadline);
  if (!first) return first.error();
  const auto begin = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(kBetween);
  const auto second = host.DiskUseOf(uuid, deadline);
  if (!second) return second.error();
  const double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::map<std::string, double> rates;
  for (const auto& [disk, requests] : second->requests_of) {
    const auto before = first->requests_of.find(disk);
    if (before == first->requests_of.end() || before->second > requests) continue;
    rates[disk] = static_cast<double>(requests - before->second) / time;
  }
  return rates;
}

}  // namespace forewarn::actuators
