// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/http/server.h"
#include "common/service/notify.h"
#include "webhook/reverter/settings.h"
#include "webhook/reverter/sweep.h"

namespace forewarn::reverter {

// forewarn_reverter_*. All that can be named beforehand exists from the start at 0. Thread-safe.
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);
  void Expect(const std::string& hypervisor);
  void Swept(const std::string& hypervisor, const base::Result<Sweep>& sweep, base::Duration took);

 private:
  prometheus::Family<prometheus::Counter>&sweeps_, &changes_;
  prometheus::Family<prometheus::Gauge>&up_, &last_, &took_, &markers_;
};

// Everything of the program but its command line and its port.
class Daemon {
 public:
  static base::Result<std::unique_ptr<Daemon>> Create(Settings settings, base::Duration grace);
  void Run(base::Duration interval);  // from now on, a thread per hypervisor, until the end
  bool Once();                        // all hypervisors at once; whether all answered and nothing failed
  std::vector<http::Route> Routes() const;

 private:
  explicit Daemon(const Settings& settings);
  bool Sweep(Sweeper& sweeper, const std::string& hypervisor);
  void Loop(std::size_t index, base::Duration interval, const std::stop_token& stop);
  void Pause(std::size_t index, base::Deadline next, const std::stop_token& stop);

  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::shared_ptr<prometheus::Collectable> process_;
  Metrics metrics_{*registry_};
  std::vector<std::string> hypervisors_;  // names
  service::Heartbeat heartbeat_;          // of a loop per hypervisor
  std::unique_ptr<hypervisor::Inventory> inventory_;
  std::vector<actuators::ActuatorLine> lines_;
  std::unique_ptr<Parts> parts_;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace forewarn::reverter
