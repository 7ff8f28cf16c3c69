// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/presets.h"

// Each expression returns $domain. What is 0/0 (the latency of a disk without I/O) is guarded by `> 0`: no value is
// right there, a NaN is not.
namespace forewarn::signals {
namespace {

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

// A windows_exporter in each guest, with its default collectors and `memory` and `tcp`; the target carries the label
// $domain by relabelling. https://github.com/prometheus-community/windows_exporter
std::vector<Definition> WindowsExporter() {
  return {
      {"cpu_usage", "ratio",
       "clamp(1 - avg by ($domain, $target) (rate(windows_cpu_time_total{$match mode=\"idle\"}[$window])), 0, 1)"},
      {"cpu_load", "per core",
       "max by ($domain, $target) (last_over_time(windows_system_processor_queue_length{$match}[$max_age])) / "
       "count by ($domain, $target) (last_over_time(windows_cpu_time_total{$match mode=\"idle\"}[$max_age]))"},
      // Older ones name the whole otherwise.
      {"memory_pressure", "ratio",
       "1 - max by ($domain, $target) (last_over_time(windows_memory_available_bytes{$match}[$max_age])) / "
       "max by ($domain, $target) (last_over_time(windows_memory_physical_total_bytes{$match}[$max_age]) or "
       "last_over_time(windows_cs_physical_memory_bytes{$match}[$max_age]))"},
      {"memory_available", "bytes",
       "max by ($domain, $target) (last_over_time(windows_memory_available_bytes{$match}[$max_age]))"},
      {"disk_used", "ratio",
       "max by ($domain, $target) (1 - last_over_time(windows_logical_disk_free_bytes{$match volume=~\"[A-Z]:\"}"
       "[$max_age]) / (last_over_time(windows_logical_disk_size_bytes{$match volume=~\"[A-Z]:\"}[$max_age]) > 0))"},
      {"disk_latency", "seconds",
       "max by ($domain, $target) ((rate(windows_logical_disk_read_latency_seconds_total{$match}[$window]) + "
       "rate(windows_logical_disk_write_latency_seconds_total{$match}[$window])) / "
       "(rate(windows_logical_disk_reads_total{$match}[$window]) + "
       "rate(windows_logical_disk_writes_total{$match}[$window]) > 0))"},
      {"disk_utilisation", "ratio",
       "clamp(1 - min by ($domain, $target) (rate(windows_logical_disk_idle_seconds_total{$match volume=~\"[A-Z]:\"}"
       "[$window])), 0, 1)"},
      {"disk_iops", "1/s",
       "sum by ($domain, $target) (rate(windows_logical_disk_reads_total{$match}[$window]) + "
       "rate(windows_logical_disk_writes_total{$match}[$window]))"},
      {"network_receive_bytes", "bytes/s",
       "sum by ($domain, $target) (rate(windows_net_bytes_received_total{$match}[$window]))"},
      {"network_transmit_bytes", "bytes/s",
       "sum by ($domain, $target) (rate(windows_net_bytes_sent_total{$match}[$window]))"},
      {"network_errors", "1/s",
       "sum by ($domain, $target) (rate(windows_net_packets_received_errors_total{$match}[$window]) + "
       "rate(windows_net_packets_outbound_errors_total{$match}[$window]))"},
      {"network_drops", "1/s",
       "sum by ($domain, $target) (rate(windows_net_packets_received_discarded_total{$match}[$window]) + "
       "rate(windows_net_packets_outbound_discarded_total{$match}[$window]))"},
      {"network_retransmits", "1/s",
       "sum by ($domain, $target) (rate(windows_tcp_segments_retransmitted_total{$match}[$window]))"},
  };
}

}  // namespace

const std::vector<Preset>& Presets() {
  static const std::vector<Preset> presets = {
      {"node_exporter", NodeExporter()},
      {"windows_exporter", WindowsExporter()},
      {"libvirt_exporter", LibvirtExporter()},
      {"libvirt_exporter_tinkoff", LibvirtExporterWithGuests()},
      {"libvirt_exporter_inovex", LibvirtExporterWithGuests()},
      {"kubevirt", Kubevirt()},
      {"mtail", Mtail()},
      {"blackbox_exporter", BlackboxExporter()},
  };
  return presets;
}

}  // namespace forewarn::signals
