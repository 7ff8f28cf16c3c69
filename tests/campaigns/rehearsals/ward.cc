// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/rehearsals/ward.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "webhook/actuators/marker.h"

namespace forewarn::rehearsals {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kBootTime = std::chrono::seconds(90);
constexpr auto kCallTime = std::chrono::seconds(10);
constexpr std::size_t kMaxBody = 4u << 20;

std::string Loopback(int port) { return "127.0.0.1:" + std::to_string(port); }
base::Deadline Soon() { return base::Deadline::After(kCallTime); }

}  // namespace

Result<std::unique_ptr<Ward>> Ward::Start(testbed::Bed& bed, const testbed::Image& image, const Case& one) {
  std::unique_ptr<Ward> ward(new Ward(bed, one));
  auto hardware = demo::StartHardware(bed, image);
  if (!hardware) return hardware.error();
  ward->hardware_ = std::move(*hardware);
  ward->site_ = {.dir = bed.dir() + "/" + one.fault,
                 .prometheus = bed.Url("prometheus"),
                 .haproxy = {},
                 .hypervisor = demo::kHypervisor,
                 .hypervisor_uri = ward->hardware_->uri(),
                 .exporter = Loopback(bed.Port("exporter")),
                 .webhook = Loopback(bed.Port("webhook"))};
  std::filesystem::create_directories(ward->site_.dir);
  for (auto step : {&Ward::StartMachines, &Ward::StartStack, &Ward::OpenEyes}) {
    if (auto done = (ward.get()->*step)(); !done) return done.error();
  }
  const std::string exporter = "source: {url: '" + ward->site_.prometheus +
                               "', timeout: 2s}\ntick: 1s\nmax_age: 5s\nsignals: {presets: [node_exporter]}\n";
  auto daemons = demo::Daemons::Start(ward->site_, ward->WebhookYaml(), exporter);
  if (!daemons) return daemons.error();
  ward->daemons_.emplace(std::move(*daemons));
  return ward;
}

Result<void> Ward::StartMachines() {
  testbed::MachineOptions options = case_.machine;
  options.name = kCanary;
  auto canary = hardware_->Add(options);
  if (!canary) return canary.error();
  canary_ = *canary;
  if (case_.standby) {
    options.name = kStandby;
    options.number = 2;
    options.start = testbed::MachineOptions::Start::kPaused;
    auto standby = hardware_->Add(options);
    if (!standby) return standby.error();
    standby_ = *standby;
    if (auto ready = standby_->WaitReady(kBootTime); !ready) return ready;
  }
  if (auto ready = canary_->WaitReady(kBootTime); !ready) return ready;
  const auto loaded = canary_->Command(case_.load);
  return loaded ? Result<void>() : loaded.error();
}

Result<void> Ward::StartStack() {
  testbed::StackOptions options;
  for (testbed::Machine* machine : {canary_, standby_}) {
    if (machine != nullptr) options.guests.push_back({machine->options().name, machine->endpoints().telemetry, ""});
  }
  options.services.push_back({kCanary, canary_->endpoints().service});
  if (standby_ != nullptr) options.services.front().standby = standby_->endpoints().service;
  options.scrape_jobs = {{"forewarn-exporter", site_.exporter}, {"forewarn-webhook", site_.webhook}};
  auto stack = testbed::Stack::Start(bed_, options);
  if (!stack) return stack.error();
  stack_.emplace(std::move(*stack));
  site_.haproxy = "unix:" + stack_->haproxy_socket();
  return {};
}

Result<void> Ward::OpenEyes() {
  inventory_ = hypervisor::ConnectInventory({{demo::kHypervisor, site_.hypervisor_uri}});
  auto document = config::Document::Parse("webhook.yaml", WebhookYaml());
  if (!document) return document.error();
  targets_ = plan::Targets::Decode(*document->Root().AsMap().Find("targets"), {{"lb"}, {demo::kHypervisor}});
  auto lines = actuators::BuildActuators(
      {inventory_.get(), {{"lb", site_.haproxy}}, [this](const std::string& domain) { return targets_.Find(domain); }});
  if (!lines) return lines.error();
  actuators_ = std::move(*lines);
  auto client = http::Client::Create("http://" + site_.webhook, {}, "experiments-campaign");
  if (!client) return client.error();
  webhook_ = std::move(*client);
  return {};
}

std::string Ward::WebhookYaml() const {
  std::string yaml = "source: {url: '" + site_.prometheus + "', timeout: 2s}\njournal: {path: '" + site_.dir +
                     "/journal.db'}\nkill_switch: {file: '" + site_.dir +
                     "/kill-switch'}\nhypervisors: [{name: " + site_.hypervisor + ", uri: '" + site_.hypervisor_uri +
                     "'}]\nload_balancers: [{name: lb, haproxy: '" + site_.haproxy +
                     "'}]\ntargets:\n- {domain: " + kDomain + ", canary: " + kCanary + "}\n- domain: " + kCanary +
                     "\n  limits: " + case_.limits + "\n";
  if (case_.standby) {
    yaml += std::string("  standby: ") + kStandby + "\n  backend: {load_balancer: lb, name: " + kCanary +
            ", server: primary, standby_server: standby}\n";
  }
  return yaml + "policies:\n  " + case_.fault + ": {mode: observe, " + case_.policy +
         "}\nexperiments:\n  cool_down: 1s\n  templates:\n  - {name: rehearsal, fault: " + case_.fault +
         ", mode: act, on: [canary], inject: [" + case_.inject + "], ladder: " + case_.ladder +
         ", severity: 0.8, window: 8s, show_deadline: 4s, settle_deadline: 40s, ttl: 2m, min_interval: 0s, "
         "steady_state: "
         "['min(up{domain=\"$domain\"}) == 1'], stop: ['min(up{domain=\"$domain\"}) == 0']}\n"
         "guard: {allow: [" +
         kCanary + "], max_per_hour: 1000, patience: 1m}\n";
}

Result<std::map<std::string, std::string>> Ward::Settings() {
  auto domain = inventory_->Resolve(kCanary, Soon());
  if (!domain) return domain.error();
  const actuators::Target target{domain->name, domain->uuid, domain->hypervisor, ""};
  std::map<std::string, std::string> settings;
  for (const actuators::ActuatorLine& line : actuators_) {
    if (line.reversal != actuators::Reversal::kReversible) continue;
    auto subject = line.actuator->Subject(target, Soon());
    auto now = subject ? line.actuator->Read(*subject, Soon()) : subject.error();
    if (now) settings[line.name] = ToText(*now);
    if (!now && now.error().code != ErrorCode::kUnsupported) return now.error();
  }
  return settings;
}

Result<std::size_t> Ward::Markers() {
  auto noted = inventory_->Find(demo::kHypervisor)->Notes(actuators::MarkerUri(""), Soon());
  if (!noted) return noted.error();
  std::size_t markers = 0;
  for (const hypervisor::Noted& domain : *noted) markers += domain.uris.size();
  return markers;
}

Result<std::string> Ward::Ask(const std::string& method, const std::string& path, const std::string& body) {
  http::ClientRequest request;
  request.method = method;
  request.path = path;
  request.body = body;
  request.content_type = "application/json";
  auto answer = webhook_->Send(request, kCallTime, kMaxBody);
  if (!answer) return answer.error();
  if (answer->status >= 300) {
    return Error{ErrorCode::kConflict, path + ": " + std::to_string(answer->status) + " " + answer->body};
  }
  const auto json = nlohmann::json::parse(answer->body, nullptr, false);
  if (!json.is_object() || !json.contains("data")) return Error{ErrorCode::kInvalid, path + ": " + answer->body};
  return json.at("data").dump();
}

}  // namespace forewarn::rehearsals
