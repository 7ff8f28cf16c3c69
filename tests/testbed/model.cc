// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/model.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace forewarn::testbed {
namespace {

// As measured on a real guest (README.md), or as its load is written (guest/loads.cc).
constexpr double kStep = 0.01;             // seconds
constexpr double kBatchSeconds = 0.43;     // between two batches of the disk load
constexpr double kWorkers = 40;            // requests of the load that can be in the disk's queue
constexpr double kBucketSeconds = 0.1;     // what QEMU lets pass at once
constexpr double kRequestSeconds = 0.001;  // one that is not throttled
constexpr double kServiceRequests = 3;     // of the disk, for one of the service
constexpr double kServiceSeconds = 0.01;
constexpr double kKernelMib = 34, kUsedMib = 52;
constexpr double kLastMib = 4;       // the kernel kills before all is gone
constexpr double kUnlimited = 2000;  // iops
constexpr double kMib = 1 << 20;

void Write(std::ostream& text, const std::string& name, const std::string& labels, double value) {
  text << name << (labels.empty() ? "" : "{" + labels + "}") << " " << value << "\n";
}

}  // namespace

void Model::Obey(const guest::Command& command) {
  const auto& n = command.numbers;
  const auto set = [&](const std::string& load, auto change) {
    const bool stops = command.verb == "stop" && (command.what.empty() || command.what == load);
    if (command.verb == load || stops) change(stops);
  };
  set("cpu", [&](bool stops) { loads_.cpu_percent = stops ? 0 : n[0]; });
  set("leak", [&](bool stops) { loads_.leak = stops ? 0 : n[0]; });
  set("errors", [&](bool stops) { loads_.errors = stops ? 0 : n[0]; });
  set("net", [&](bool stops) { loads_.net = stops ? 0 : n[0]; });
  set("disk", [&](bool stops) {
    loads_.disk_from = stops ? 0 : n[0];
    loads_.disk_to = stops ? 0 : n[1];
    loads_.disk_ramp = stops ? 0 : n[2];
    loads_.disk_age = 0;
    if (stops) waiting_ = 0;
  });
}

void Model::Advance(const ModelSettings& settings, double seconds) {
  for (double left = seconds; left > 1e-9; left -= kStep) {
    const double step = std::min(left, kStep);
    StepDisk(settings, step);
    StepMemory(settings, step);
    StepRest(step);
  }
}

void Model::StepDisk(const ModelSettings& settings, double seconds) {
  limit_ = settings.iops_limit > 0 ? settings.iops_limit : kUnlimited;
  loads_.disk_age += seconds;
  since_batch_ += seconds;
  if (since_batch_ >= kBatchSeconds) {
    since_batch_ -= kBatchSeconds;
    const double grown = loads_.disk_ramp > 0 ? std::min(1.0, loads_.disk_age / loads_.disk_ramp) : 1.0;
    const double batch = (loads_.disk_from + grown * (loads_.disk_to - loads_.disk_from)) * kBatchSeconds;
    waiting_ = std::min(waiting_ + batch * (1 + Noise(0.05)), 2 * batch + 1);
  }
  bucket_ = std::max(0.0, bucket_ - limit_ * seconds);
  const double passes = std::clamp(limit_ * kBucketSeconds - bucket_, 0.0, waiting_);
  waiting_ -= passes;
  bucket_ += passes;
  const double own = service_runs_ ? 4 * seconds * (1 + Noise(0.2)) : 0;  // a probe each second
  requests_ += passes + own;
  const double busy = waiting_ > 0.5 ? seconds : std::min(seconds, (passes + own) * kRequestSeconds);
  busy_seconds_ += busy;
  busy_ratio_ = busy / seconds;
  request_seconds_ += std::min(waiting_, kWorkers) * seconds + (passes + own) * kRequestSeconds;  // Little's law
}

void Model::StepMemory(const ModelSettings& settings, double seconds) {
  leaked_mib_ += service_runs_ ? loads_.leak * seconds : 0;
  total_mib_ = settings.memory_mib - kKernelMib;
  available_mib_ = std::max(0.0, total_mib_ - kUsedMib - leaked_mib_ + Noise(0.5));
  if (available_mib_ > kLastMib || !service_runs_) return;
  service_runs_ = false;
  leaked_mib_ = 0;
  errors_ += 1;  // "Out of memory", on the console
}

void Model::StepRest(double seconds) {
  const double busy = std::clamp(0.04 + loads_.cpu_percent / 100 + Noise(0.01), 0.0, 1.0);
  user_seconds_ += busy * seconds;
  iowait_seconds_ += (1 - busy) * busy_ratio_ * seconds;
  idle_seconds_ += (1 - busy) * (1 - busy_ratio_) * seconds;
  sent_bytes_ += (loads_.net * kMib + 6000 * (1 + Noise(0.1))) * seconds;
  received_bytes_ += 1500 * (1 + Noise(0.1)) * seconds;
  errors_ += loads_.errors * seconds;
}

double Model::ServiceSeconds() const {
  return kServiceSeconds + kServiceRequests * std::min(waiting_, kWorkers) / std::max(limit_, 1.0);
}

std::string Model::Metrics() const {
  std::ostringstream text;
  text.precision(15);
  const std::string disk = "device=\"vda\"", card = "device=\"eth0\"";
  for (const auto& [mode, seconds] :
       {std::pair{"idle", idle_seconds_}, {"iowait", iowait_seconds_}, {"user", user_seconds_}}) {
    Write(text, "node_cpu_seconds_total", std::string("cpu=\"0\",mode=\"") + mode + "\"", seconds);
  }
  Write(text, "node_memory_MemTotal_bytes", "", std::round(total_mib_ * kMib));
  Write(text, "node_memory_MemAvailable_bytes", "", std::round(available_mib_ * kMib));
  for (const char* kind : {"read", "write"}) {
    Write(text, std::string("node_disk_") + kind + "s_completed_total", disk, std::floor(requests_ / 2));
    Write(text, std::string("node_disk_") + kind + "_time_seconds_total", disk, request_seconds_ / 2);
    Write(text, std::string("libvirt_domain_block_stats_") + kind + "_requests_total", "target_device=\"vda\"",
          std::floor(requests_ / 2));
  }
  Write(text, "node_disk_io_time_seconds_total", disk, busy_seconds_);
  Write(text, "node_disk_io_time_weighted_seconds_total", disk, request_seconds_);
  for (const auto& [way, bytes] : {std::pair{"transmit", sent_bytes_}, {"receive", received_bytes_}}) {
    Write(text, std::string("node_network_") + way + "_bytes_total", card, std::floor(bytes));
    Write(text, std::string("node_network_") + way + "_errs_total", card, 0);
    Write(text, std::string("node_network_") + way + "_drop_total", card, 0);
  }
  Write(text, "libvirt_domain_info_cpu_time_seconds_total", "", user_seconds_);
  Write(text, "libvirt_domain_info_virtual_cpus", "", 1);
  Write(text, "forewarn_error_lines_total", "", std::floor(errors_));
  return text.str();
}

}  // namespace forewarn::testbed
