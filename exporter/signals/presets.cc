// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/signals.h"

// Each expression returns $domain. What is 0/0 (the latency of a disk without I/O) is guarded by `> 0`: no value is
// right there, a NaN is not.
namespace forewarn::signals {
namespace {

// Seconds of the guest's own clock in one of ours: where a scrape was missed, its rates err alike. Without that
// collector, all is a second.
std::string GuestSeconds(const std::string& by) {
  return "(max by (" + by + ") (clamp(rate(node_time_seconds{$match}[$window]), 0.5, 1.5)) or max by (" + by +
         ") (last_over_time(node_cpu_seconds_total{$match mode=\"idle\"}[$max_age]) * 0 + 1))";
}

// A node_exporter in each guest; the target carries the label $domain by relabelling.
// https://github.com/prometheus/node_exporter
std::vector<Definition> NodeExporter() {
  return {
      {"cpu_usage", "ratio",
       "clamp(1 - avg by ($domain, $target) (sum by ($domain, $target, cpu) "
       "(rate(node_cpu_seconds_total{$match mode=~\"idle|iowait\"}[$window]))) / " +
           GuestSeconds("$domain, $target") + ", 0, 1)"},
      {"cpu_iowait", "ratio",
       "avg by ($domain, $target) (rate(node_cpu_seconds_total{$match mode=\"iowait\"}[$window]))"},
      // Time that the host gave to others. Emulated guests have no steal clock: see cpu_denied.
      {"cpu_steal", "ratio",
       "avg by ($domain, $target) (rate(node_cpu_seconds_total{$match mode=\"steal\"}[$window]))"},
      // Of the time, in which something that could run had to wait for a CPU.
      {"cpu_waiting", "ratio",
       "max by ($domain, $target) (rate(node_pressure_cpu_waiting_seconds_total{$match}[$window]))"},
      {"cpu_load", "per core",
       "max by ($domain, $target) (last_over_time(node_load1{$match}[$max_age])) / "
       "count by ($domain, $target) (last_over_time(node_cpu_seconds_total{$match mode=\"idle\"}[$max_age]))"},
      {"memory_pressure", "ratio",
       "1 - max by ($domain, $target) (last_over_time(node_memory_MemAvailable_bytes{$match}[$max_age])) / "
       "max by ($domain, $target) (last_over_time(node_memory_MemTotal_bytes{$match}[$max_age]))"},
      {"memory_available", "bytes",
       "max by ($domain, $target) (last_over_time(node_memory_MemAvailable_bytes{$match}[$max_age]))"},
      // What the kernel gives back when it is asked for: no pressure, however it grows.
      {"memory_cached", "ratio",
       "max by ($domain, $target) (last_over_time(node_memory_Cached_bytes{$match}[$max_age])) / "
       "max by ($domain, $target) (last_over_time(node_memory_MemTotal_bytes{$match}[$max_age]))"},
      // Of the fullest filesystem that can be written to; what is kept for root counts as used.
      {"disk_used", "ratio",
       "max by ($domain, $target) (1 - last_over_time(node_filesystem_avail_bytes$filesystems[$max_age]) / "
       "(last_over_time(node_filesystem_size_bytes$filesystems[$max_age]) > 0))"},
      // Of the slowest disk: time of requests completed / their number.
      {"disk_latency", "seconds",
       "max by ($domain, $target) ((rate(node_disk_read_time_seconds_total$disks[$window]) + "
       "rate(node_disk_write_time_seconds_total$disks[$window])) / "
       "(rate(node_disk_reads_completed_total$disks[$window]) + rate(node_disk_writes_completed_total$disks[$window]) "
       "> 0))"},
      {"disk_utilisation", "ratio",
       "clamp_max(max by ($domain, $target) (rate(node_disk_io_time_seconds_total$disks[$window])), 1)"},
      {"disk_iops", "1/s",
       "sum by ($domain, $target) (rate(node_disk_reads_completed_total$disks[$window]) + "
       "rate(node_disk_writes_completed_total$disks[$window]))"},
      {"network_receive_bytes", "bytes/s",
       "sum by ($domain, $target) (rate(node_network_receive_bytes_total$nics[$window]))"},
      {"network_transmit_bytes", "bytes/s",
       "sum by ($domain, $target) (rate(node_network_transmit_bytes_total$nics[$window]))"},
      {"network_errors", "1/s",
       "sum by ($domain, $target) (rate(node_network_receive_errs_total$nics[$window]) + "
       "rate(node_network_transmit_errs_total$nics[$window]))"},
      {"network_drops", "1/s",
       "sum by ($domain, $target) (rate(node_network_receive_drop_total$nics[$window]) + "
       "rate(node_network_transmit_drop_total$nics[$window]))"},
      {"network_retransmits", "1/s", "max by ($domain, $target) (rate(node_netstat_Tcp_RetransSegs{$match}[$window]))"},
  };
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

// mtail on the guests' console logs, with a counter of error lines labelled by domain.
std::vector<Definition> Mtail() {
  return {
      {"error_log_rate", "1/s", "sum by ($domain, $target) (rate(forewarn_error_lines_total{$match}[$window]))"},
  };
}

// A blackbox_exporter that asks the guests' services; the probes carry the label $domain by relabelling. Of the worst
// service of a guest. https://github.com/prometheus/blackbox_exporter
std::vector<Definition> BlackboxExporter() {
  return {
      {"request_latency", "seconds", "max by ($domain) (avg_over_time(probe_duration_seconds{$match}[$window]))"},
      {"request_failures", "ratio", "1 - min by ($domain) (avg_over_time(probe_success{$match}[$window]))"},
  };
}

}  // namespace

const std::vector<Preset>& Presets() {
  static const std::vector<Preset> presets = {
      {"node_exporter", NodeExporter()},
      {"libvirt_exporter", LibvirtExporter()},
      {"mtail", Mtail()},
      {"blackbox_exporter", BlackboxExporter()},
  };
  return presets;
}

}  // namespace forewarn::signals
