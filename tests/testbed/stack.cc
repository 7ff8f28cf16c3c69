// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/stack.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/testbed/net.h"
#include "tests/testbed/stack_config.h"

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

struct Part {
  std::string name;
  ProcessOptions command;
  int port;
  std::string ready;  // path that answers 200 once it is
};

// Makes the parts of one stack in one bed.
class Builder {
 public:
  Builder(Bed& bed, const StackOptions& options) : bed_(bed), options_(options), dir_(bed.dir() + "/stack") {
    std::filesystem::create_directories(dir_ + "/mtail");
  }

  std::vector<Part> Build() {
    std::vector<Part> parts = {Alertmanager(), Blackbox(), Haproxy(), Prometheus()};
    if (std::any_of(options_.guests.begin(), options_.guests.end(),
                    [](const auto& guest) { return !guest.console.empty(); })) {
      parts.push_back(Mtail());
    }
    for (const auto& host : options_.hypervisors) {
      parts.push_back(
          Make(LibvirtPort(host.name), "/metrics",
               {"prometheus-libvirt-exporter", "--libvirt.uri=" + host.read_only_uri, Listen(LibvirtPort(host.name))}));
    }
    return parts;
  }

 private:
  Part Make(const std::string& name, const std::string& ready, std::vector<std::string> argv) {
    return {name, {.argv = std::move(argv), .log = dir_ + "/" + name + ".log"}, bed_.Port(name), ready};
  }
  std::string Listen(const std::string& name) {
    return "--web.listen-address=127.0.0.1:" + std::to_string(bed_.Port(name));
  }
  std::string Write(const std::string& name, const std::string& text) const {
    const std::string path = dir_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  Part Alertmanager() {
    const std::string config =
        options_.alertmanager_config.empty() ? QuietAlertmanagerYaml() : options_.alertmanager_config;
    return Make("alertmanager", "/-/ready",
                {"prometheus-alertmanager", "--storage.path=" + dir_ + "/alertmanager", "--cluster.listen-address=",
                 "--config.file=" + Write("alertmanager.yml", config), Listen("alertmanager")});
  }
  Part Blackbox() {
    return Make("blackbox", "/-/healthy",
                {"prometheus-blackbox-exporter", "--timeout-offset=0.1",
                 "--config.file=" + Write("blackbox.yml", BlackboxYaml()), Listen("blackbox")});
  }
  Part Prometheus() {
    return Make("prometheus", "/-/ready",
                {"prometheus", "--storage.tsdb.path=" + dir_ + "/prometheus", "--web.enable-lifecycle",
                 "--config.file=" + Write("prometheus.yml", PrometheusYaml(bed_, options_)), Listen("prometheus")});
  }
  Part Haproxy() {
    Part part =
        Make("haproxy", "/metrics", {"haproxy", "-db", "-f", Write("haproxy.cfg", HaproxyConfig(bed_, options_))});
    for (const auto& [name, door] : bed_.doors()) part.command.keep_fds.push_back(door.fd);
    return part;
  }
  Part Mtail() {
    Write("mtail/console.mtail", MtailProgram());
    Part part = Make("mtail", "/metrics",
                     {"mtail", "-progs", dir_ + "/mtail", "-address", "127.0.0.1", "-port",
                      std::to_string(bed_.Port("mtail")), "-logtostderr", "-emit_prog_label=false"});
    for (const auto& guest : options_.guests) {
      if (!guest.console.empty()) part.command.argv.insert(part.command.argv.end(), {"-logs", guest.console});
    }
    return part;
  }

  Bed& bed_;
  const StackOptions& options_;
  std::string dir_;
};

}  // namespace

Result<Stack> Stack::Start(Bed& bed, const StackOptions& options) {
  Stack stack(bed);
  for (Part& part : Builder(bed, options).Build()) {
    stack.commands_[part.name] = {part.command, "127.0.0.1:" + std::to_string(part.port), part.ready};
    if (const auto started = stack.Launch(part.name); !started) return started.error();
  }
  for (const auto& [name, command] : stack.commands_) {
    if (const auto ready = stack.WaitReady(name); !ready) return ready.error();
  }
  return stack;
}

Process& Stack::process(const std::string& name) { return processes_.at(name); }

Result<void> Stack::Launch(const std::string& name) {
  Result<Process> process = Process::Start(commands_.at(name).process);
  if (!process) return process.error();
  processes_.insert_or_assign(name, std::move(*process));
  return {};
}

Result<void> Stack::WaitReady(const std::string& name) {
  const Command& command = commands_.at(name);
  const bool ready = WaitUntil(std::chrono::seconds(30), [&] {
    return !processes_.at(name).Running() || HttpGet(command.address, command.ready_path).status == 200;
  });
  if (ready && processes_.at(name).Running()) return {};
  std::ifstream log(command.process.log);
  std::string line, last;
  while (std::getline(log, line)) last = line;
  return Error{ErrorCode::kUnavailable, name + " is not ready: " + last};
}

Result<void> Stack::Restart(const std::string& name) {
  process(name).Stop();
  if (const auto started = Launch(name); !started) return started.error();
  return WaitReady(name);
}

std::string Stack::ServiceUrl(const std::string& service) const { return bed_->Url(ServicePort(service)); }
std::string Stack::haproxy_socket() const { return HaproxySocket(*bed_); }

Result<double> Stack::Query(const std::string& promql) const {
  const HttpAnswer answer =
      HttpGet("127.0.0.1:" + std::to_string(bed_->Port("prometheus")), "/api/v1/query?query=" + PercentEncode(promql));
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || json.is_discarded())
    return Error{ErrorCode::kUnavailable, promql + ": status " + std::to_string(answer.status)};
  const auto& result = json["data"]["result"];
  if (result.size() != 1 || !result[0].contains("value"))
    return Error{ErrorCode::kNotFound, promql + ": " + std::to_string(result.size()) + " samples"};
  return std::stod(result[0]["value"][1].get<std::string>());
}

}  // namespace forewarn::testbed
