// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/presets.h"

namespace forewarn::signals {
namespace {

// KubeVirt names a libvirt domain NAMESPACE_NAME, and its series say the two apart.
std::string Named(const std::string& expr) {
  return "label_join(" + expr + ", \"$domain\", \"_\", \"namespace\", \"name\")";
}

std::string RateOf(const std::string& series) { return Named("rate(kubevirt_vmi_" + series + "{$match}[$window])"); }

std::string NewestOf(const std::string& series) {
  return Named("last_over_time(kubevirt_vmi_" + series + "{$match}[$max_age])");
}

std::string Sum(const std::string& a, const std::string& b) {
  return "sum by ($domain, $target) (" + RateOf(a) + " + " + RateOf(b) + ")";
}

}  // namespace

std::string GuestSeconds(const std::string& by) {
  return "(max by (" + by + ") (clamp(rate(node_time_seconds{$match}[$window]), 0.5, 1.5)) or max by (" + by +
         ") (last_over_time(node_cpu_seconds_total{$match mode=\"idle\"}[$max_age]) * 0 + 1))";
}

// Debian's prometheus-libvirt-exporter 0.2.0, which names the domain itself.
std::vector<Definition> LibvirtExporter() {
  return {
      // Emulated guests have no steal clock, and one that is starved misses its own ticks: what it was not idle for and
      // the host did not give. Of domains that one target alone knows; needs the guest's node_exporter as well.
      {"cpu_denied", "ratio",
       "clamp_min(count by ($domain) (last_over_time(node_cpu_seconds_total{$match mode=\"idle\"}[$max_age])) - "
       "sum by ($domain) (rate(node_cpu_seconds_total{$match mode=~\"idle|iowait\"}[$window])) / " +
           GuestSeconds("$domain") +
           " - "
           "sum by ($domain) (rate(libvirt_domain_info_cpu_time_seconds_total{$match}[$window])), 0) / on ($domain) "
           "(max by ($domain) (last_over_time(libvirt_domain_info_virtual_cpus{$match}[$max_age])) and on ($domain) "
           "count by ($domain) (last_over_time(libvirt_domain_info_virtual_cpus{$match}[$max_age])) == 1)"},
      // Of the host's time; with the emulator's own threads it may pass what the vCPUs alone could use.
      {"cpu_usage", "ratio",
       "clamp_max(sum by ($domain, $target) (rate(libvirt_domain_info_cpu_time_seconds_total{$match}[$window])) / "
       "max by ($domain, $target) (last_over_time(libvirt_domain_info_virtual_cpus{$match}[$max_age])), 1)"},
      {"disk_iops", "1/s",
       "sum by ($domain, $target) (rate(libvirt_domain_block_stats_read_requests_total{$match}[$window]) + "
       "rate(libvirt_domain_block_stats_write_requests_total{$match}[$window]))"},
      {"network_receive_bytes", "bytes/s",
       "sum by ($domain, $target) (rate(libvirt_domain_interface_stats_receive_bytes_total{$match}[$window]))"},
      {"network_transmit_bytes", "bytes/s",
       "sum by ($domain, $target) (rate(libvirt_domain_interface_stats_transmit_bytes_total{$match}[$window]))"},
      {"network_errors", "1/s",
       "sum by ($domain, $target) (rate(libvirt_domain_interface_stats_receive_errors_total{$match}[$window]) + "
       "rate(libvirt_domain_interface_stats_transmit_errors_total{$match}[$window]))"},
      {"network_drops", "1/s",
       "sum by ($domain, $target) (rate(libvirt_domain_interface_stats_receive_drops_total{$match}[$window]) + "
       "rate(libvirt_domain_interface_stats_transmit_drops_total{$match}[$window]))"},
  };
}

// Their names agree: beside the above, what libvirt knows of the inside of a guest with a balloon driver that reports
// (usable: what MemAvailable is in the guest), the disks' times, and how long vCPUs wait for a CPU (libvirt 7.2).
// https://github.com/Tinkoff/libvirt-exporter https://github.com/inovex/prometheus-libvirt-exporter
std::vector<Definition> LibvirtExporterWithGuests() {
  std::vector<Definition> signals = LibvirtExporter();
  const std::vector<Definition> more = {
      {"cpu_steal", "ratio",
       "clamp_max(avg by ($domain, $target) (rate(libvirt_domain_vcpu_delay_seconds_total{$match}[$window])), 1)"},
      {"memory_pressure", "ratio",
       "1 - max by ($domain, $target) (last_over_time(libvirt_domain_memory_stats_usable_bytes{$match}[$max_age])) / "
       "max by ($domain, $target) (last_over_time(libvirt_domain_memory_stats_available_bytes{$match}[$max_age]) > 0)"},
      {"memory_available", "bytes",
       "max by ($domain, $target) (last_over_time(libvirt_domain_memory_stats_usable_bytes{$match}[$max_age]))"},
      {"disk_latency", "seconds",
       "max by ($domain, $target) ((rate(libvirt_domain_block_stats_read_time_seconds_total{$match}[$window]) + "
       "rate(libvirt_domain_block_stats_write_time_seconds_total{$match}[$window])) / "
       "(rate(libvirt_domain_block_stats_read_requests_total{$match}[$window]) + "
       "rate(libvirt_domain_block_stats_write_requests_total{$match}[$window]) > 0))"},
  };
  signals.insert(signals.end(), more.begin(), more.end());
  return signals;
}

// KubeVirt's virt-handlers. https://github.com/kubevirt/monitoring/blob/main/docs/metrics.md
std::vector<Definition> Kubevirt() {
  const std::string by = " by ($domain, $target) (";
  return {
      {"cpu_usage", "ratio",
       "clamp_max(sum" + by + RateOf("cpu_usage_seconds_total") + ") / count" + by +
           NewestOf("vcpu_delay_seconds_total") + "), 1)"},
      {"cpu_iowait", "ratio", "clamp_max(avg" + by + RateOf("vcpu_wait_seconds_total") + "), 1)"},
      {"cpu_steal", "ratio", "clamp_max(avg" + by + RateOf("vcpu_delay_seconds_total") + "), 1)"},
      {"memory_pressure", "ratio",
       "1 - max" + by + NewestOf("memory_usable_bytes") + ") / (max" + by + NewestOf("memory_available_bytes") +
           ") > 0)"},
      {"memory_available", "bytes", "max" + by + NewestOf("memory_usable_bytes") + ")"},
      {"disk_latency", "seconds",
       "max" + by + "(" + RateOf("storage_read_times_seconds_total") + " + " +
           RateOf("storage_write_times_seconds_total") + ") / (" + RateOf("storage_iops_read_total") + " + " +
           RateOf("storage_iops_write_total") + " > 0))"},
      {"disk_iops", "1/s", Sum("storage_iops_read_total", "storage_iops_write_total")},
      {"network_receive_bytes", "bytes/s", "sum" + by + RateOf("network_receive_bytes_total") + ")"},
      {"network_transmit_bytes", "bytes/s", "sum" + by + RateOf("network_transmit_bytes_total") + ")"},
      {"network_errors", "1/s", Sum("network_receive_errors_total", "network_transmit_errors_total")},
      {"network_drops", "1/s", Sum("network_receive_packets_dropped_total", "network_transmit_packets_dropped_total")},
  };
}

}  // namespace forewarn::signals
