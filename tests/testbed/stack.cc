// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/stack.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/http/client.h"
#include "tests/testbed/net.h"
#include "tests/testbed/stack_config.h"

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

const std::string kDir = std::string(Bed::kRunDir) + "/stack";

std::string WriteConfig(const std::string& name, const std::string& text) {
  const std::string path = kDir + "/" + name;
  std::ofstream(path) << text;
  return path;
}

std::string Listen(int port) { return "--web.listen-address=127.0.0.1:" + std::to_string(port); }

struct Part {
  std::string name;
  ProcessOptions command;
  int port;
  std::string ready;  // path that answers 200 once it is
};

Part MakePart(const std::string& name, int port, const std::string& ready, std::vector<std::string> argv) {
  return {name, {.argv = std::move(argv), .log = kDir + "/" + name + ".log"}, port, ready};
}

Part Haproxy(const Bed& bed, const StackOptions& options) {
  Part part = MakePart("haproxy", kHaproxyPort, "/metrics",
                       {"haproxy", "-db", "-f", WriteConfig("haproxy.cfg", HaproxyConfig(bed, options))});
  for (const auto& [name, door] : bed.doors()) part.command.keep_fds.push_back(door.fd);
  return part;
}

Part Mtail(const StackOptions& options) {
  std::filesystem::create_directories(kDir + "/mtail");
  WriteConfig("mtail/console.mtail", MtailProgram());
  Part part = MakePart("mtail", kMtailPort, "/metrics",
                       {"mtail", "-progs", kDir + "/mtail", "-address", "127.0.0.1", "-port", std::to_string(kMtailPort),
                        "-logtostderr", "-emit_prog_label=false"});
  for (const auto& guest : options.guests) {
    part.command.argv.push_back("-logs");
    part.command.argv.push_back(guest.console);
  }
  return part;
}

std::vector<Part> Parts(const Bed& bed, const StackOptions& options) {
  const std::string quiet = QuietAlertmanagerYaml();
  std::vector<Part> parts;
  parts.push_back(MakePart("alertmanager", kAlertmanagerPort, "/-/ready",
                           {"prometheus-alertmanager", "--storage.path=" + kDir + "/alertmanager", "--cluster.listen-address=",
                            "--config.file=" + WriteConfig("alertmanager.yml", options.alertmanager_config.empty() ? quiet : options.alertmanager_config),
                            Listen(kAlertmanagerPort)}));
  parts.push_back(MakePart("blackbox", kBlackboxPort, "/-/healthy",
                           {"prometheus-blackbox-exporter", "--timeout-offset=0.1",
                            "--config.file=" + WriteConfig("blackbox.yml", BlackboxYaml()), Listen(kBlackboxPort)}));
  parts.push_back(Haproxy(bed, options));
  if (!options.guests.empty()) parts.push_back(Mtail(options));
  int port = kFirstLibvirtExporterPort;
  for (const auto& host : options.hypervisors) {
    parts.push_back(MakePart("libvirt-" + host.name, port, "/metrics",
                             {"prometheus-libvirt-exporter", "--libvirt.uri=" + host.read_only_uri, Listen(port)}));
    ++port;
  }
  parts.push_back(MakePart("prometheus", kPrometheusPort, "/-/ready",
                           {"prometheus", "--storage.tsdb.path=" + kDir + "/prometheus", "--web.enable-lifecycle",
                            "--config.file=" + WriteConfig("prometheus.yml", PrometheusYaml(options)), Listen(kPrometheusPort)}));
  return parts;
}

}  // namespace

Result<Stack> Stack::Start(const Bed& bed, const StackOptions& options) {
  std::filesystem::create_directories(kDir);
  Stack stack;
  for (Part& part : Parts(bed, options)) {
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

Result<double> Query(const std::string& promql) {
  const HttpAnswer answer = HttpGet("127.0.0.1:" + std::to_string(kPrometheusPort), "/api/v1/query?query=" + http::PercentEncode(promql));
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || json.is_discarded()) return Error{ErrorCode::kUnavailable, promql + ": status " + std::to_string(answer.status)};
  const auto& result = json["data"]["result"];
  if (result.size() != 1 || !result[0].contains("value")) return Error{ErrorCode::kNotFound, promql + ": " + std::to_string(result.size()) + " samples"};
  return std::stod(result[0]["value"][1].get<std::string>());
}

}  // namespace forewarn::testbed
