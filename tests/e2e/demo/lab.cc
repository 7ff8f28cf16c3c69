// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/lab.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace forewarn::demo {
namespace {

using base::Result;
using testbed::Machine;
using testbed::MachineOptions;

constexpr auto kBootTime = std::chrono::seconds(60), kCallTime = std::chrono::seconds(5);

std::string Loopback(int port) { return "127.0.0.1:" + std::to_string(port); }

}  // namespace

std::vector<std::string> Lab::DoorNames() { return {"prometheus", "alertmanager", "exporter", "webhook", "haproxy"}; }

Result<std::unique_ptr<Lab>> Lab::Start(testbed::Bed& bed, const std::optional<testbed::Image>& image,
                                        const Options& options, const Say& say) {
  std::unique_ptr<Lab> lab(new Lab(bed, ScenarioOf(options)));
  say("starting a private libvirtd");
  auto hardware = StartHardware(bed, image);
  if (!hardware) return hardware.error();
  lab->hardware_ = std::move(*hardware);
  lab->site_ = {.dir = bed.dir() + "/demo",
                .prometheus = bed.Url("prometheus"),
                .haproxy = {},
                .hypervisor = kHypervisor,
                .hypervisor_uri = lab->hardware_->uri(),
                .exporter = Loopback(bed.Port("exporter")),
                .webhook = Loopback(bed.Port("webhook"))};
  std::filesystem::create_directories(lab->site_.dir);
  say("starting the virtual machines");
  if (auto started = lab->StartMachines(); !started) return started.error();
  say("starting Prometheus, Alertmanager, HAProxy and the exporters");
  if (auto started = lab->StartStack(); !started) return started.error();
  if (auto loaded = lab->Load(lab->scenario_.rest); !loaded) return loaded.error();
  if (auto loaded = lab->LoadCanary(); !loaded) return loaded.error();
  say(options.without_exporter ? "starting forewarn-webhook alone" : "starting forewarn-webhook and forewarn-exporter");
  auto daemons = Daemons::Start(lab->site_, WebhookYaml(lab->site_, lab->scenario_),
                                options.without_exporter ? "" : ExporterYaml(lab->site_, lab->scenario_));
  if (!daemons) return daemons.error();
  lab->daemons_.emplace(std::move(*daemons));
  return lab;
}

Result<void> Lab::StartMachines() {
  MachineOptions options{.memory_mib = scenario_.memory_mib,
                         .max_memory_mib = scenario_.max_memory_mib,
                         .iops_limit = scenario_.iops_limit,
                         .cpu_quota = scenario_.cpu_quota,
                         .data_mib = scenario_.data_mib};
  std::vector<std::string> names(std::begin(kTwins), std::end(kTwins));
  if (scenario_.standby) names.emplace_back(kStandby);
  if (!scenario_.canary_load.empty()) names.emplace_back(kCanary);
  for (const std::string& name : names) {
    options.name = name;
    options.start = name == kStandby ? MachineOptions::Start::kPaused : MachineOptions::Start::kRunning;
    auto machine = hardware_->Add(options);
    if (!machine) return machine.error();
    machines_.push_back(*machine);
    ++options.number;
  }
  for (Machine* machine : machines_) {
    if (auto ready = machine->WaitReady(kBootTime); !ready) return ready;
  }
  return {};
}

Result<void> Lab::StartStack() {
  testbed::StackOptions options;
  options.hypervisors = hardware_->watched();
  for (const Machine* machine : machines_) {
    const auto endpoints = machine->endpoints();
    options.guests.push_back({machine->options().name, endpoints.telemetry, endpoints.console});
    if (options.hypervisors.empty()) options.guests.back().hypervisor = kHypervisor;
  }
  for (const char* twin : kTwins) options.services.push_back({twin, ServiceOf(twin)});
  if (scenario_.standby) options.services.front().standby = ServiceOf(kStandby);
  const std::string breakdown = site_.dir + "/breakdown.rules.yaml";
  std::ofstream(breakdown) << BreakdownRules();
  options.rule_files = {std::string(FOREWARN_SOURCE_DIR) + "/rules/*.rules.yaml", breakdown};
  options.alertmanager_config = AlertmanagerYaml(site_);
  options.scrape_jobs = {{"forewarn-exporter", site_.exporter}, {"forewarn-webhook", site_.webhook}};
  auto stack = testbed::Stack::Start(bed_, options);
  if (!stack) return stack.error();
  stack_.emplace(std::move(*stack));
  site_.haproxy = "unix:" + stack_->haproxy_socket();
  return {};
}

std::string Lab::ServiceOf(const std::string& name) const {
  const auto found = std::find_if(machines_.begin(), machines_.end(),
                                  [&](const Machine* machine) { return machine->options().name == name; });
  return (*found)->endpoints().service;
}

Result<void> Lab::Load(const std::string& command) {
  for (Machine* machine : machines_) {
    const std::string& name = machine->options().name;
    if (name == kStandby || name == kCanary) continue;
    if (auto done = machine->Command(command); !done) return done.error();
  }
  return {};
}

Result<void> Lab::LoadCanary() {
  if (scenario_.canary_load.empty()) return {};
  const auto done = machines_.back()->Command(scenario_.canary_load);
  return done ? Result<void>() : done.error();
}

Result<void> Lab::Squeeze(double factor) {
  if (!inventory_) inventory_ = hypervisor::ConnectInventory({{kHypervisor, hardware_->uri()}});
  const auto deadline = base::Deadline::After(kCallTime);
  for (const char* twin : kTwins) {
    auto domain = inventory_->Resolve(twin, deadline);
    if (!domain) return domain.error();
    hypervisor::Hypervisor& host = *inventory_->Find(kHypervisor);
    auto settings = host.Scheduler(domain->uuid, deadline);
    if (!settings) return settings.error();
    const auto quota = static_cast<std::int64_t>(static_cast<double>(settings->at("vcpu_quota")) * factor);
    if (auto set = host.SetScheduler(domain->uuid, {{"vcpu_quota", quota}}, deadline); !set) return set;
  }
  return {};
}

std::vector<Lab::Door> Lab::Doors() const {
  std::vector<Door> doors;
  for (const std::string& name : DoorNames()) doors.push_back({name, bed_.OutsideUrl(name)});
  return doors;
}

}  // namespace forewarn::demo
