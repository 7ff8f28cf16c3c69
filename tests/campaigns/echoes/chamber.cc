// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/echoes/chamber.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace forewarn::echoes {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr auto kBootTime = std::chrono::seconds(60);
constexpr auto kCallTime = std::chrono::seconds(10);
constexpr std::size_t kMaxBody = 64u << 20;
constexpr double kStep = 1;    // s, as Prometheus scrapes
constexpr double kAfter = 10;  // s, in which what was injected still shows
constexpr const char* kPath = "/api/v1/experiments";

std::string Loopback(int port) { return "127.0.0.1:" + std::to_string(port); }
std::string NameOf(int canary) { return "canary-" + std::to_string(canary); }

// What is certain enough to notify somebody of, by domain.
constexpr const char* kNotified =
    "max by (domain) (max by (domain, fault) (forewarn_fault_confidence_ratio{domain=~\"canary-.*\"}) >= on (fault) "
    "group_left () max by (fault) (forewarn_threshold_ratio{stage=\"notify\"}))";

std::string Text(const json& value) { return value.is_string() ? value.get<std::string>() : ""; }
std::optional<double> Number(const json& value) {
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

// The first of its injections' and the last of all its changes' times.
Trial Decode(const json& one) {
  Trial trial;
  if (one.at("target").is_object()) trial.target = Text(one.at("target").at("domain"));
  trial.verdict = Text(one.at("verdict"));
  trial.reason = Text(one.at("reason"));
  trial.started_by = Text(one.at("started_by"));
  trial.over = !one.at("open").get<bool>();
  for (const json& change : one.at("changes")) {
    const auto applied = Number(change.at("times").at("applied")), reverted = Number(change.at("times").at("reverted"));
    if (!trial.injected && change.at("injection").get<bool>()) trial.injected = applied;
    if (reverted) trial.undone = std::max(trial.undone.value_or(0), *reverted);
  }
  return trial;
}

}  // namespace

Result<std::unique_ptr<Chamber>> Chamber::Start(testbed::Bed& bed, Mark mark) {
  std::unique_ptr<Chamber> chamber(new Chamber(bed, mark));
  auto simulation = testbed::Simulation::Start(bed);
  if (!simulation) return simulation.error();
  chamber->simulation_ = std::move(*simulation);
  chamber->site_ = {.dir = bed.dir() + "/chamber",
                    .prometheus = bed.Url("prometheus"),
                    .haproxy = {},
                    .hypervisor = "host1",
                    .hypervisor_uri = chamber->simulation_->uri(),
                    .exporter = Loopback(bed.Port("exporter")),
                    .webhook = Loopback(bed.Port("webhook"))};
  std::filesystem::create_directories(chamber->site_.dir);
  for (auto step : {&Chamber::StartMachines, &Chamber::StartStack, &Chamber::StartDaemons}) {
    if (auto done = (chamber.get()->*step)(); !done) return done.error();
  }
  return chamber;
}

Result<void> Chamber::StartMachines() {
  testbed::MachineOptions options;
  options.iops_limit = 150;
  for (int i = 0; i < kCanaries; ++i) {
    options.name = NameOf(i);
    options.number = i + 1;
    auto machine = simulation_->Add(options);
    if (!machine) return machine.error();
    machines_.push_back(*machine);
  }
  for (testbed::Machine* machine : machines_) {
    if (auto ready = machine->WaitReady(kBootTime); !ready) return ready;
    if (auto loaded = machine->Command("disk 110 110 0"); !loaded) return loaded.error();
  }
  return {};
}

// Without the mark, nothing in the rules hides what experiments cause.
Result<std::string> Chamber::WriteRules() const {
  std::ostringstream rules;
  rules << std::ifstream(std::string(FOREWARN_SOURCE_DIR) + "/rules/forewarn.rules.yaml").rdbuf();
  std::string text = rules.str();
  const std::string marked = "forewarn_experiment_active", never = "forewarn_nothing_of_the_kind";
  if (text.find(marked) == std::string::npos) return Error{ErrorCode::kInternal, "the rules know no mark"};
  for (auto at = text.find(marked); mark_ == Mark::kOff && at != std::string::npos; at = text.find(marked, at)) {
    text.replace(at, marked.size(), never);
  }
  const std::string path = site_.dir + "/forewarn.rules.yaml";
  std::ofstream(path) << text;
  return path;
}

Result<void> Chamber::StartStack() {
  testbed::StackOptions options;
  for (testbed::Machine* machine : machines_) {
    options.guests.push_back({machine->options().name, machine->endpoints().telemetry, ""});
  }
  auto rules = WriteRules();
  if (!rules) return rules.error();
  options.rule_files = {*rules};
  options.alertmanager_config =
      "route:\n  receiver: people\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1s\n"
      "  repeat_interval: 5s\n  routes:\n  - {receiver: forewarn, matchers: ['purpose=~\"mitigate|experiment\"']}\n"
      "receivers:\n- name: people\n- name: forewarn\n  webhook_configs: [{url: 'http://" +
      site_.webhook + "/api/v1/alerts'}]\n";
  options.scrape_jobs = {{"forewarn-exporter", site_.exporter}, {"forewarn-webhook", site_.webhook}};
  auto stack = testbed::Stack::Start(bed_, options);
  if (!stack) return stack.error();
  stack_.emplace(std::move(*stack));
  promql::ClientOptions source;
  source.url = site_.prometheus;
  source.timeout = kCallTime;
  auto prometheus = promql::Client::Create(std::move(source));
  if (!prometheus) return prometheus.error();
  prometheus_ = std::move(*prometheus);
  auto webhook = http::Client::Create("http://" + site_.webhook, {}, "chains-campaign");
  if (!webhook) return webhook.error();
  webhook_ = std::move(*webhook);
  return {};
}

// The mitigation under test doesn't help, so that the injection stays for the whole of its deadline: long enough to be
// predicted by whoever isn't told.
Result<void> Chamber::StartDaemons() {
  std::string exporter = "source: {url: '" + site_.prometheus +
                         "', timeout: 2s}\ntick: 1s\nmax_age: 5s\nsignals: {presets: [node_exporter, "
                         "libvirt_exporter]}\n";
  if (mark_ == Mark::kOff) exporter += "circumstances: {experiments: '', injections: ''}\n";
  std::string webhook = "source: {url: '" + site_.prometheus + "', timeout: 2s}\njournal: {path: '" + site_.dir +
                        "/journal.db'}\nkill_switch: {file: '" + site_.dir +
                        "/kill-switch'}\nhypervisors: [{name: host1, uri: '" + site_.hypervisor_uri + "'}]\ntargets:\n";
  for (int i = 0; i < kCanaries; ++i) {
    const std::string number = std::to_string(i);
    webhook += "- {domain: web-" + number + ", canary: " + NameOf(i) + "}\n";
  }
  webhook +=
      "- {domain: 'canary-.*', canary: canary-0, limits: {disk_io: {total_iops_sec: [10, 600]}}}\n"
      "policies:\n  DiskContention:\n    mode: act\n    steps: [memory]\n    verify: {deadline: 15s, expr: "
      "'rate(node_disk_io_time_seconds_total{domain=\"$domain\",device=\"vda\"}[4s])'}\n"
      "  default: {mode: act, steps: [memory], verify: {expr: "
      "'rate(node_disk_io_time_seconds_total{domain=\"$domain\",device=\"vda\"}[4s])'}}\n"
      "experiments:\n  max_running: 100\n  cool_down: 12s\n  templates:\n  - {name: echo, fault: DiskContention, mode: "
      "act, inject: [disk_io], ladder: [0.7, 0.9], severity: 0.9, window: 2s, show_deadline: 8s, ttl: 1m, "
      "min_interval: 0s}\n"
      "guard: {allow: ['canary-.*'], cooldown: 0s, max_in_force: 100, max_in_force_per_hypervisor: 100, "
      "max_per_hour: 100000, fleet_budget: 1, minimum_healthy: 0, max_fleet_predicted: 1, circuit_breaker: {failures: "
      "100000, reset: 1s}}\n";
  auto daemons = demo::Daemons::Start(site_, webhook, exporter);
  if (!daemons) return daemons.error();
  daemons_.emplace(std::move(*daemons));
  return {};
}

Result<std::string> Chamber::Ask(const std::string& method, const std::string& path, const std::string& body) {
  http::ClientRequest request;
  request.method = method;
  request.path = path;
  request.body = body;
  request.content_type = "application/json";
  auto answer = webhook_->Send(request, kCallTime, kMaxBody);
  if (!answer) return answer.error();
  if (answer->status < 300) return answer->body;
  return Error{ErrorCode::kConflict, path + ": " + std::to_string(answer->status) + " " + answer->body};
}

Result<std::int64_t> Chamber::Begin(int canary, const std::string& request) {
  const json wish{{"domain", "web-" + std::to_string(canary)}, {"fault", "DiskContention"}, {"request_id", request}};
  auto answer = Ask("POST", kPath, wish.dump());
  if (!answer) return answer.error();
  return json::parse(*answer).at("data").at("experiments").at(0).at("id").get<std::int64_t>();
}

Result<std::vector<Trial>> Chamber::Trials() {
  auto answer = Ask("GET", std::string(kPath) + "?limit=10000", "");
  if (!answer) return answer.error();
  std::vector<Trial> trials;
  const json data = json::parse(*answer).at("data").at("experiments");
  for (const json& one : data) trials.push_back(Decode(one));
  return trials;
}

Result<std::size_t> Chamber::Mitigations() {
  auto answer = Ask("GET", "/api/v1/mitigations?limit=10000", "");
  if (!answer) return answer.error();
  const json data = json::parse(*answer).at("data").at("mitigations");
  return static_cast<std::size_t>(
      std::count_if(data.begin(), data.end(), [](const json& one) { return one.at("purpose") == "mitigate"; }));
}

Result<std::size_t> Chamber::Alarms(double since) {
  const auto series = prometheus_->QueryRange(
      "ALERTS{alertstate=\"firing\",alertname=~\"ForewarnFaultPredicted|ForewarnMitigationDue|ForewarnExperimentDue\","
      "domain=~\"canary-.*\"}",
      since, base::ToSeconds(base::SystemClock().Now()), kStep);
  if (!series) return series.error();
  std::size_t samples = 0;
  for (const auto& one : *series) samples += one.values.size();
  return samples;
}

bool Chamber::Known() {
  const auto known = prometheus_->Query("count(count_over_time(up{domain=~\"canary-.*\"}[5m]) >= 60)", 0);
  return known && !known->values.empty() && known->values[0] == kCanaries;
}

Result<std::size_t> Chamber::Predicted(const std::vector<Trial>& trials) {
  std::size_t predicted = 0;
  for (const Trial& trial : trials) {
    if (!trial.injected || !trial.undone) continue;
    const auto series = prometheus_->QueryRange(kNotified, *trial.injected, *trial.undone + kAfter, kStep);
    if (!series) return series.error();
    predicted += std::any_of(series->begin(), series->end(), [&](const auto& one) {
      return std::any_of(one.labels.begin(), one.labels.end(),
                         [&](const auto& label) { return label.second == trial.target; });
    });
  }
  return predicted;
}

}  // namespace forewarn::echoes
