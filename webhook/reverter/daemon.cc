// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/daemon.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>

#include "common/html/page.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"

namespace forewarn::reverter {

Daemon::Daemon(const Settings& settings)
    : process_(metrics::ProcessCollector()),
      heartbeat_(settings.hypervisors.size()),
      inventory_(hypervisor::ConnectInventory(settings.hypervisors)) {
  for (const hypervisor::Location& location : settings.hypervisors) {
    hypervisors_.push_back(location.name);
    metrics_.Expect(location.name);
  }
  metrics::RegisterBuildInfo(*registry_, "forewarn");
}

base::Result<std::unique_ptr<Daemon>> Daemon::Create(Settings settings, base::Duration grace) {
  auto daemon = std::unique_ptr<Daemon>(new Daemon(settings));
  auto lines = actuators::BuildActuators({daemon->inventory_.get(), {}, {}});
  if (!lines) return lines.error();
  daemon->lines_ = std::move(*lines);
  std::map<std::string, actuators::Actuator*> reversible;
  for (const actuators::ActuatorLine& line : daemon->lines_) {
    if (line.reversal == actuators::Reversal::kReversible) reversible[line.name] = line.actuator.get();
  }
  daemon->parts_.reset(
      new Parts{*daemon->inventory_, std::move(reversible), std::move(settings.serving), base::SystemClock(), grace});
  return daemon;
}

bool Daemon::Sweep(Sweeper& sweeper, const std::string& hypervisor) {
  const base::SteadyTime begin = base::SystemClock().Steady();
  const auto sweep = sweeper.Run();
  metrics_.Swept(hypervisor, sweep, base::SystemClock().Steady() - begin);
  if (!sweep) log::Debug("a hypervisor gave no answer", {{"hypervisor", hypervisor}, {"error", sweep.error().message}});
  return sweep && sweep->failed.empty();
}

void Daemon::Run(base::Duration interval) {
  for (std::size_t index = 0; index < hypervisors_.size(); ++index) {
    threads_.emplace_back([this, index, interval](const std::stop_token& stop) { Loop(index, interval, stop); });
  }
}

void Daemon::Loop(std::size_t index, base::Duration interval, const std::stop_token& stop) {
  Sweeper sweeper(*parts_, hypervisors_[index]);
  while (!stop.stop_requested()) {
    const base::Deadline next = base::Deadline::After(interval);
    Sweep(sweeper, hypervisors_[index]);
    Pause(index, next, stop);
  }
}

void Daemon::Pause(std::size_t index, base::Deadline next, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  do {
    heartbeat_.CameRound(index);
    wake.wait_until(lock, stop, std::min(next.at, base::Deadline::After(service::kLongestSleep).at),
                    [] { return false; });
  } while (!stop.stop_requested() && !next.Passed());
}

bool Daemon::Once() {
  std::vector<std::future<bool>> sweeps;
  for (const std::string& hypervisor : hypervisors_) {
    sweeps.push_back(std::async(std::launch::async, [this, hypervisor] {
      Sweeper sweeper(*parts_, hypervisor);
      return Sweep(sweeper, hypervisor);
    }));
  }
  return std::count_if(sweeps.begin(), sweeps.end(), [](std::future<bool>& sweep) { return !sweep.get(); }) == 0;
}

std::vector<http::Route> Daemon::Routes() const {
  const html::Site site{"Forewarn reverter", "", {{"/metrics", "Metrics"}, {"/-/healthy", "Health"}}};
  http::Response landing = html::Answer(site, html::LandingPage(site, "Undoes what is past its expiry"));
  return {{"GET", "/metrics", metrics::MetricsHandler({registry_, process_}, {}), "", 0},
          {"GET", "/-/healthy", [](const http::Request&) { return http::Text(200, "OK\n"); }, "", 0},
          html::StyleRoute(),
          {"GET", "/", [landing](const http::Request&) { return landing; }, "", 0}};
}

}  // namespace forewarn::reverter
