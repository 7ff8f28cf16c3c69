// SPDX-License-Identifier: Apache-2.0
#include "webhook/daemon.h"

#include <algorithm>

#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "webhook/api/routes.h"
#include "webhook/experiments/reasons.h"
#include "webhook/experiments/trial.h"
#include "webhook/pages/routes.h"

namespace forewarn::webhook {
namespace {

constexpr base::Duration kAnswerTime = std::chrono::seconds(1);  // of telemetry that is watched
constexpr base::Duration kWatchEvery = std::chrono::seconds(5), kWatchCall = std::chrono::seconds(3);
constexpr const char* kNoDomain = "00000000-0000-0000-0000-000000000000";

}  // namespace

Daemon::Daemon(std::string config_file, const Settings& settings)
    : config_file_(std::move(config_file)),
      process_(metrics::ProcessCollector()),
      kill_switch_(settings.kill_switch_file),
      inventory_(hypervisor::ConnectInventory(settings.hypervisors)),
      surroundings_(std::make_shared<Surroundings>(*inventory_, kill_switch_)),
      domains_(inventory_.get()) {
  for (const hypervisor::Location& location : settings.hypervisors) hypervisors_.push_back(location.name);
  for (const char* reason : experiments::kRefusals) metrics_.ExpectRefusal(reason);
  metrics::RegisterBuildInfo(*registry_, "forewarn");
}

base::Result<std::unique_ptr<Daemon>> Daemon::Start(const std::string& config_file, Settings settings) {
  auto daemon = std::unique_ptr<Daemon>(new Daemon(config_file, settings));
  if (auto built = daemon->Build(std::move(settings)); !built) return built.error();
  daemon->reload_metrics_.Set({}, base::SystemClock().Now());
  return daemon;
}

base::Result<void> Daemon::Build(Settings settings) {
  auto telemetry = promql::Client::Create(settings.source);
  if (!telemetry) return telemetry.error();
  telemetry_ = std::move(*telemetry);
  promql::ClientOptions impatient = settings.source;
  impatient.timeout = std::min(impatient.timeout, kAnswerTime);
  auto watch = promql::Client::Create(impatient);
  if (!watch) return watch.error();
  watch_ = std::move(*watch);
  SetTargets(settings.rules.targets);
  SetTemplates(std::move(settings.experiments));
  SetClients(std::move(settings.clients));
  auto lines = actuators::BuildActuators(
      {inventory_.get(), settings.load_balancers, [this](const std::string& domain) { return FindTarget(domain); }});
  if (!lines) return lines.error();
  actuators_ = std::move(*lines);
  auto journal =
      settings.postgres ? journal::OpenPostgres(*settings.postgres) : journal::OpenSqlite(settings.journal_path);
  if (!journal) return journal.error();
  journal_ = std::move(*journal);
  auto engine = engine::Engine::Start(Parts(), std::move(settings.rules));
  if (!engine) return engine.error();
  engine_ = std::move(*engine);
  return {};
}

engine::Parts Daemon::Parts() {
  engine::Parts parts{*telemetry_,  *journal_,           *journal_, domains_, {},
                      kill_switch_, base::SystemClock(), metrics_,  memory_};
  for (const actuators::ActuatorLine& line : actuators_) parts.actuators[line.name] = line.actuator.get();
  parts.domains_on = [this](const std::string& hypervisor, base::Deadline deadline) {
    return domains_.On(hypervisor, deadline);
  };
  parts.watch = watch_.get();
  parts.looked_around = [this] { heartbeat_.CameRound(0); };
  parts.courses[std::string(alerts::kExperiment)] = [this](const engine::Parts& all,
                                                           std::shared_ptr<const engine::Rules> rules) {
    std::lock_guard lock(mutex_);
    return std::make_unique<experiments::Trial>(all, std::move(rules), templates_);
  };
  return parts;
}

base::Result<void> Daemon::Reload() {
  auto loaded = LoadRules();
  reload_metrics_.Set(loaded, base::SystemClock().Now());
  if (loaded) {
    log::Info("configuration loaded", {{"file", config_file_}});
  } else {
    log::Error("configuration refused; the old one stays", {{"error", loaded.error().message}});
  }
  return loaded;
}

base::Result<void> Daemon::LoadRules() {
  auto settings = LoadSettings(config_file_);
  if (!settings) return settings.error();
  SetTargets(settings->rules.targets);
  SetTemplates(std::move(settings->experiments));
  SetClients(std::move(settings->clients));
  engine_->Reload(std::move(settings->rules));
  return {};
}

// A connection is opened by the first call and its loss seen by the next: somebody has to call.
void Daemon::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    for (const std::string& name : hypervisors_) {
      static_cast<void>(inventory_->Find(name)->State(kNoDomain, base::Deadline::After(kWatchCall)));
    }
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, kWatchEvery, [] { return false; });
  }
}

std::vector<http::Route> Daemon::Routes(const std::string& telemetry_path, const http::WebPaths& paths) {
  const auto metrics = metrics::MetricsHandler({registry_, process_, surroundings_}, {});
  auto routes = api::Routes({*engine_, access_, metrics, [this] { return Reload(); }}, telemetry_path);
  for (http::Route& page : pages::Routes({*engine_, access_, paths, telemetry_path})) routes.push_back(std::move(page));
  return routes;
}

void Daemon::SetTargets(const plan::Targets& targets) {
  auto next = std::make_shared<const plan::Targets>(targets);
  std::lock_guard lock(mutex_);
  targets_ = std::move(next);
}

void Daemon::SetTemplates(experiments::Templates templates) {
  auto next = std::make_shared<const experiments::Templates>(std::move(templates));
  std::lock_guard lock(mutex_);
  templates_ = std::move(next);
}

void Daemon::SetClients(api::Clients clients) {
  if (clients.empty()) {
    log::Warn("no api.clients: everybody may read and alert; only this machine, and users of the web config, may act");
  }
  access_.Set(std::move(clients));
}

std::optional<actuators::TargetConfig> Daemon::FindTarget(const std::string& domain) const {
  std::shared_ptr<const plan::Targets> targets;
  {
    std::lock_guard lock(mutex_);
    targets = targets_;
  }
  return targets->Find(domain);
}

}  // namespace forewarn::webhook
