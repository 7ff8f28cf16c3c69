// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/stack_config.h"

#include <sstream>

namespace forewarn::testbed {
namespace {

std::string Loopback(int port) { return "127.0.0.1:" + std::to_string(port); }

void WriteJob(std::ostream& yaml, const std::string& job) { yaml << "- job_name: " << job << "\n  static_configs:\n"; }

void WriteTarget(std::ostream& yaml, const std::string& target, const std::string& labels) {
  yaml << "  - {targets: ['" << target << "'], labels: {" << labels << "}}\n";
}

// The blackbox exporter is asked instead of the service, and asks it.
void WriteProbes(std::ostream& yaml, Bed& bed, const std::vector<Service>& services) {
  WriteJob(yaml, "service");
  for (const Service& service : services) {
    WriteTarget(yaml, bed.Url(ServicePort(service.name)) + "/work",
                "service: " + service.name + ", domain: " + service.name);
  }
  yaml << "  metrics_path: /probe\n  params: {module: [service]}\n  relabel_configs:\n"
       << "  - {source_labels: [__address__], target_label: __param_target}\n"
       << "  - {source_labels: [service], target_label: instance}\n"
       << "  - {replacement: '" << Loopback(bed.Port("blackbox")) << "', target_label: __address__}\n";
}

}  // namespace

std::string HaproxySocket(const Bed& bed) { return bed.dir() + "/haproxy.sock"; }

std::string PrometheusYaml(Bed& bed, const StackOptions& options) {
  std::ostringstream yaml;
  yaml << "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files:\n";
  for (const std::string& file : options.rule_files) yaml << "- '" << file << "'\n";
  yaml << "alerting:\n  alertmanagers:\n  - static_configs: [{targets: ['" << Loopback(bed.Port("alertmanager"))
       << "']}]\n"
       << "scrape_configs:\n";
  WriteJob(yaml, "node");
  for (const auto& guest : options.guests) {
    const std::string place = guest.hypervisor.empty() ? "" : ", hypervisor: " + guest.hypervisor;
    WriteTarget(yaml, guest.address, "domain: " + guest.domain + place);
  }
  WriteJob(yaml, "libvirt");
  for (const auto& host : options.hypervisors)
    WriteTarget(yaml, Loopback(bed.Port(LibvirtPort(host.name))), "hypervisor: " + host.name);
  WriteJob(yaml, "mtail");
  WriteTarget(yaml, Loopback(bed.Port("mtail")), "");
  WriteJob(yaml, "haproxy");
  WriteTarget(yaml, Loopback(bed.Port("haproxy")), "");
  WriteProbes(yaml, bed, options.services);
  for (const auto& [job, target] : options.scrape_jobs) {
    WriteJob(yaml, job);
    WriteTarget(yaml, target, "");
  }
  return yaml.str();
}

std::string HaproxyConfig(Bed& bed, const StackOptions& options) {
  std::ostringstream text;
  text << "global\n  stats socket " << HaproxySocket(bed) << " mode 600 level admin\n  nbthread 1\n"
       << "defaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\n  retries 0\n"
       << "  option httpchk GET /healthz\n  default-server inter 1s fall 2 rise 1\n"
       << "frontend statistics\n  bind " << Loopback(bed.Port("haproxy"))
       << "\n  http-request use-service prometheus-exporter if { path /metrics }\n  stats enable\n  stats uri /\n";
  for (const Service& service : options.services) {
    text << "frontend in_" << service.name << "\n  bind " << Loopback(bed.Port(ServicePort(service.name)))
         << "\n  default_backend " << service.name << "\nbackend " << service.name << "\n  server primary "
         << service.primary << " check\n";
    if (!service.standby.empty()) text << "  server standby " << service.standby << " check disabled\n";
  }
  text << "defaults\n  mode tcp\n  timeout connect 1s\n  timeout client 1h\n  timeout server 1h\n";
  for (const auto& [name, door] : bed.doors()) {
    if (door.fd >= 0)
      text << "listen door_" << name << "\n  bind fd@" << door.fd << "\n  server inside " << Loopback(bed.Port(name))
           << "\n";
  }
  return text.str();
}

std::string BlackboxYaml() {
  return "modules:\n  service: {prober: http, timeout: 900ms, http: {preferred_ip_protocol: ip4, follow_redirects: "
         "false}}\n";
}

std::string MtailProgram() {
  return R"(counter forewarn_error_lines_total by domain
getfilename() =~ /guests\/(?P<domain>[^\/]+)\/console/ {
  forewarn_error_lines_total[$domain] += 0
  /ERROR|Out of memory|I\/O error/ {
    forewarn_error_lines_total[$domain]++
  }
}
)";
}

std::string QuietAlertmanagerYaml() { return "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"; }

}  // namespace forewarn::testbed
