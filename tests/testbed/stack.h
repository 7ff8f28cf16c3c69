// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/process.h"

namespace forewarn::testbed {

// A service behind HAProxy: backend `name`, servers `primary` and, if given, `standby` (in maintenance until somebody makes it ready).
struct Service {
  std::string name;
  std::string primary;       // address of a guest
  std::string standby = {};  // another
};

struct StackOptions {
  struct Telemetry {
    std::string domain, address, console;  // of each guest: node_exporter at address:9100, console log for mtail
  };
  struct Hypervisor {
    std::string name, read_only_uri;
  };
  std::vector<Telemetry> guests = {};
  std::vector<Hypervisor> hypervisors = {};
  std::vector<Service> services = {};
  std::vector<std::string> rule_files = {};             // absolute; globs allowed
  std::string alertmanager_config = {};                 // text of alertmanager.yml
  std::map<std::string, std::string> scrape_jobs = {};  // further ones: job → host:port, e.g. the exporter and the webhook
};

// Prometheus (scrape and evaluation each second), Alertmanager, a libvirt exporter per host, mtail, HAProxy and a blackbox exporter that
// asks each service once per second: probe_success{service}, probe_duration_seconds{service}. Only inside a bed.
class Stack {
 public:
  static constexpr const char* kPrometheus = "http://127.0.0.1:9090";
  static constexpr const char* kAlertmanager = "http://127.0.0.1:9093";
  static constexpr const char* kHaproxySocket = "/run/forewarn/haproxy.sock";

  // Ready when it returns. Doors of `bed` named prometheus, alertmanager, exporter (9177), webhook (9178), haproxy (its statistics page) are opened.
  static base::Result<Stack> Start(const Bed& bed, const StackOptions& options);

  Process& process(const std::string& name);  // prometheus, alertmanager, haproxy, mtail, blackbox, libvirt-NAME
  base::Result<void> Restart(const std::string& name);

 private:
  struct Command {
    ProcessOptions process;
    std::string address, ready_path;  // answers 200 once it is ready
  };
  Stack() = default;
  base::Result<void> Launch(const std::string& name);
  base::Result<void> WaitReady(const std::string& name);

  std::map<std::string, Command> commands_;
  std::map<std::string, Process> processes_;
};

// The value of an instant query that answers with one sample; kNotFound where it gives none or several.
base::Result<double> Query(const std::string& promql);

}  // namespace forewarn::testbed
