// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "common/http/server.h"
#include "common/http/web_paths.h"
#include "common/service/notify.h"
#include "webhook/actuators/actuators.h"
#include "webhook/engine/engine.h"
#include "webhook/host_domains.h"
#include "webhook/self_metrics.h"
#include "webhook/settings.h"

namespace forewarn::webhook {

// Everything of the program but its command line and its port.
class Daemon {
 public:
  // Opens the journal and takes up what it left open.
  static base::Result<std::unique_ptr<Daemon>> Start(const std::string& config_file, Settings settings);

  // Policies, targets, guard rails and experiments from the file; a mistake in it leaves the old ones in force. Any
  // thread.
  base::Result<void> Reload();
  // Keeps the hypervisors' connections (and forewarn_hypervisor_up) alive until it is asked to stop.
  void Watch(const std::stop_token& stop);
  // Of the whole HTTP surface; valid as long as the daemon.
  std::vector<http::Route> Routes(const std::string& telemetry_path, const http::WebPaths& paths);

 private:
  Daemon(std::string config_file, const Settings& settings);
  base::Result<void> Build(Settings settings);
  base::Result<void> LoadRules();
  engine::Parts Parts();
  void SetTargets(const plan::Targets& targets);
  void SetTemplates(experiments::Templates templates);
  void SetClients(api::Clients clients);
  std::optional<actuators::TargetConfig> FindTarget(const std::string& domain) const;

  const std::string config_file_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::shared_ptr<prometheus::Collectable> process_;
  engine::Metrics metrics_{*registry_};
  ReloadMetrics reload_metrics_{*registry_};
  guard::KillSwitch kill_switch_;
  std::vector<std::string> hypervisors_;  // names
  std::unique_ptr<hypervisor::Inventory> inventory_;
  std::shared_ptr<Surroundings> surroundings_;
  HostDomains domains_;
  std::unique_ptr<promql::Client> telemetry_, watch_;
  std::unique_ptr<journal::Store> journal_;
  std::vector<actuators::ActuatorLine> actuators_;
  mutable std::mutex mutex_;
  std::shared_ptr<const plan::Targets> targets_;  // what the actuators look up
  std::shared_ptr<const experiments::Templates> templates_;
  engine::Memory memory_;
  service::Heartbeat heartbeat_{1};
  api::Access access_;
  std::unique_ptr<engine::Engine> engine_;  // last: its threads end before what they use
};

}  // namespace forewarn::webhook
