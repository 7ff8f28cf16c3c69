// SPDX-License-Identifier: Apache-2.0
// The process_* metrics that every Prometheus client library has:
// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
#include <dirent.h>
#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "common/metrics/metrics.h"

namespace forewarn::metrics {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

struct Stat {
  double cpu_ticks = 0;
  double threads = 0;
  double start_ticks = 0;  // since boot
  double virtual_bytes = 0;
  double resident_pages = 0;
};

// /proc/self/stat, see proc(5). The second field is the program's name in parentheses and may hold anything.
std::optional<Stat> ReadStat() {
  std::ifstream file("/proc/self/stat");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream rest(text.substr(name_end + 1));
  std::string state;
  rest >> state;
  double field[25] = {};  // by proc(5)'s numbers
  for (int i = 4; i < 25; ++i) {
    if (!(rest >> field[i])) {
      return std::nullopt;
    }
  }
  return Stat{field[14] + field[15], field[20], field[22], field[23], field[24]};
}

// Seconds since the epoch.
std::optional<double> ReadBootTime() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) {
      return std::strtod(line.c_str() + 6, nullptr);
    }
  }
  return std::nullopt;
}

std::optional<double> CountOpenFiles() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) {
    return std::nullopt;
  }
  int count = -3;  // ".", ".." and the folder itself
  while (::readdir(folder) != nullptr) {
    ++count;
  }
  ::closedir(folder);
  return count;
}

// No limit is the largest number, as in Go's client.
std::optional<double> LimitOf(__rlimit_resource resource) {
  rlimit limit{};
  return ::getrlimit(resource, &limit) == 0 ? std::optional(static_cast<double>(limit.rlim_cur)) : std::nullopt;
}

class Collector : public prometheus::Collectable {
 public:
  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> families;
    const auto add = [&](const char* name, const char* help, std::optional<double> value) {
      if (value) {  // what cannot be read is absent, never 0
        MetricFamily& family = families.emplace_back(MetricFamily{name, help, MetricType::Gauge, {}});
        family.metric.emplace_back().gauge.value = *value;
      }
    };
    add("process_open_fds", "Number of open file descriptors.", CountOpenFiles());
    add("process_max_fds", "Maximum number of open file descriptors.", LimitOf(RLIMIT_NOFILE));
    add("process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.", LimitOf(RLIMIT_AS));
    if (const auto stat = ReadStat()) {
      const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
      const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
      MetricFamily& cpu = families.emplace_back(MetricFamily{
          "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", MetricType::Counter, {}});
      cpu.metric.emplace_back().counter.value = stat->cpu_ticks / ticks;
      add("process_virtual_memory_bytes", "Virtual memory size in bytes.", stat->virtual_bytes);
      add("process_resident_memory_bytes", "Resident memory size in bytes.", stat->resident_pages * page);
      add("process_threads", "Number of OS threads in the process.", stat->threads);
      if (const auto boot = ReadBootTime()) {
        add("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
            *boot + stat->start_ticks / ticks);
      }
    }
    return families;
  }
};

}  // namespace

std::shared_ptr<prometheus::Collectable> ProcessCollector() { return std::make_shared<Collector>(); }

}  // namespace forewarn::metrics
