// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/lab.h"

#include "tests/campaigns/vm/levers.h"

namespace forewarn::campaign {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kPatience = std::chrono::seconds(60);

// What has to hold before a run, each as PromQL that is 1 then.
std::vector<std::string> Peace(const std::string& domain) {
  const std::string service = "{service=\"" + domain + "\"}[5s])", node = "{domain=\"" + domain + "\",";
  return {"min_over_time(probe_success" + service, "max_over_time(probe_duration_seconds" + service + " < bool 0.3",
          "rate(node_cpu_seconds_total" + node + "mode=\"idle\"}[4s]) > bool 0.5",
          "1 - node_memory_MemAvailable_bytes" + node + "} / node_memory_MemTotal_bytes" + node + "} < bool 0.6",
          "rate(node_disk_io_time_seconds_total" + node + "device=\"vda\"}[4s]) < bool 0.3"};
}

}  // namespace

Result<std::unique_ptr<Lab>> Lab::Start(testbed::Bed& bed, const testbed::Image& image,
                                        const std::vector<Size>& sizes) {
  auto host = testbed::Host::Start("host1", testbed::DefaultCacheDir());
  if (!host) return host.error();
  std::unique_ptr<Lab> lab(new Lab(std::move(*host), sizes));
  if (auto started = lab->StartGuests(image); !started) return started.error();
  if (auto started = lab->StartStack(bed); !started) return started.error();
  lab->prometheus_ = bed.Url("prometheus");
  return lab;
}

Result<void> Lab::StartGuests(const testbed::Image& image) {
  for (const Size& size : sizes_) {
    const int number = static_cast<int>(guests_.size()) + 1;
    auto guest = testbed::Guest::Create(host_, image,
                                        {.name = "vm" + std::to_string(number),
                                         .number = number,
                                         .memory_mib = size.memory_mib,
                                         .max_memory_mib = size.memory_mib,
                                         .iops_limit = size.iops_limit,
                                         .data_mib = size.data_mib});
    if (!guest) return guest.error();
    guests_.push_back(std::move(*guest));
  }
  for (auto& guest : guests_) {
    if (auto ready = guest.WaitReady(kPatience); !ready) return ready;
  }
  return {};
}

Result<void> Lab::StartStack(testbed::Bed& bed) {
  testbed::StackOptions options{.hypervisors = {{host_.name(), host_.read_only_uri()}}};
  for (const auto& guest : guests_) {
    const auto endpoints = guest.endpoints();
    options.guests.push_back({guest.options().name, endpoints.telemetry, endpoints.console});
    options.services.push_back({guest.options().name, endpoints.service});
  }
  auto stack = testbed::Stack::Start(bed, options);
  if (!stack) return stack.error();
  stack_.emplace(std::move(*stack));
  return {};
}

Result<void> Lab::Do(std::size_t guest, const Action& action) {
  const Victim victim{host_.uri(), Domain(guest), guests_[guest].options().number};
  switch (action.lever) {
    case Lever::kIops:
      return SetIops(victim, action.value);
    case Lever::kQuota:
      return SetQuota(victim, action.value);
    case Lever::kLink:
      return SetLink(victim, action.value > 0 ? "up" : "down");
    case Lever::kGuest:
      break;
  }
  const auto answer = guests_[guest].Command(action.command);
  if (!answer) return answer.error();
  return {};
}

Result<void> Lab::Settle(std::size_t guest) {
  const double iops = sizes_[guest].iops_limit;
  for (const Action& action :
       {Action{.lever = Lever::kQuota}, Action{.lever = Lever::kLink, .value = 1},
        Action{.lever = Lever::kIops, .value = iops}, Action{.command = "stop"}, Action{.command = "serve"}}) {
    if (auto done = Do(guest, action); !done) return done;
  }
  for (const std::string& condition : Peace(Domain(guest))) {
    const bool holds = testbed::WaitUntil(kPatience, [&] {
      const auto value = stack_->Query(condition);
      return value.ok() && *value == 1;
    });
    if (!holds) return Error{ErrorCode::kTimeout, "no rest: " + condition};
  }
  return {};
}

}  // namespace forewarn::campaign
