// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/process.h"

namespace forewarn::testbed {

// A service behind HAProxy: backend `name`, servers `primary` and, if given, `standby` (in maintenance until somebody
// makes it ready).
struct Service {
  std::string name;
  std::string primary;       // host:port of a machine's service
  std::string standby = {};  // another
};

struct StackOptions {
  struct Telemetry {
    std::string domain, address;  // of each machine: what is scraped, as host:port
    std::string console = {};     // its console log for mtail, if it has one
    std::string hypervisor = {};  // where it runs, if its telemetry has to say so itself
  };
  struct Hypervisor {
    std::string name, read_only_uri;
  };
  std::vector<Telemetry> guests = {};
  std::vector<Hypervisor> hypervisors = {};
  std::vector<Service> services = {};
  std::vector<std::string> rule_files = {};  // absolute; globs allowed
  std::string alertmanager_config = {};      // text of alertmanager.yml
  std::map<std::string, std::string> scrape_jobs =
      {};  // further ones: job → host:port, e.g. the exporter and the webhook
};

// Prometheus (scrape and evaluation each second), Alertmanager, a libvirt exporter per host, mtail, HAProxy and a
// blackbox exporter that asks each service once per second: probe_success{service}, probe_duration_seconds{service}.
class Stack {
 public:
  // Ready when it returns. The doors of `bed` are opened: each leads to bed.Port() of its name. `bed` outlives it.
  static base::Result<Stack> Start(Bed& bed, const StackOptions& options);

  // URLs inside are bed.Url("prometheus"), bed.Url("alertmanager"); of a service:
  std::string ServiceUrl(const std::string& service) const;
  std::string haproxy_socket() const;  // path of its runtime API
  // The value of an instant query that answers with one sample; kNotFound where it gives none or several.
  base::Result<double> Query(const std::string& promql) const;

  Process& process(const std::string& name);  // prometheus, alertmanager, haproxy, mtail, blackbox, libvirt-NAME
  base::Result<void> Restart(const std::string& name);

 private:
  struct Command {
    ProcessOptions process;
    std::string address, ready_path;  // answers 200 once it is ready
  };
  explicit Stack(Bed& bed) : bed_(&bed) {}
  base::Result<void> Launch(const std::string& name);
  base::Result<void> WaitReady(const std::string& name);

  Bed* bed_;
  std::map<std::string, Command> commands_;
  std::map<std::string, Process> processes_;
};

}  // namespace forewarn::testbed
