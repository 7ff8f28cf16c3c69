// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/http/server.h"
#include "common/http/web_paths.h"
#include "common/service/notify.h"
#include "exporter/page/trails.h"
#include "exporter/publish/publisher.h"
#include "exporter/publish/scores.h"
#include "exporter/publish/self_metrics.h"
#include "exporter/settings/settings.h"
#include "exporter/signals/reader.h"
#include "exporter/state/keeper.h"
#include "exporter/training/training.h"
#include "predictor/predictor.h"

namespace forewarn::exporter {

// Reads, judges and publishes, tick by tick. It never acts; what it has learned it keeps on disk, where it is told to.
class Daemon {
 public:
  // Error: what is wrong with the configuration.
  static base::Result<std::unique_ptr<Daemon>> Create(std::string config_file);

  // Goes on where the saved state ended, learns from history once the source knows an instance, then ticks at multiples
  // of the tick until it is asked to stop. A tick that takes longer than its time costs the ticks that it covers: they
  // never overlap.
  void Run(const std::stop_token& stop);

  // Reads the configuration file again; a mistake in it leaves the old settings in force. Any thread; waits for the
  // tick that is going on.
  base::Result<void> Reload();

  // Of the whole HTTP surface; valid as long as the daemon.
  std::vector<http::Route> Routes(const std::string& telemetry_path, const http::WebPaths& paths);

 private:
  explicit Daemon(std::string config_file) : config_file_(std::move(config_file)) {}
  base::Result<void> Apply();
  state::Observer StateObserver();
  void Restore();
  void SaveIfDue();
  void Save();
  std::optional<signals::Reading> Read(double time);
  bool SeesAnybody(double time);
  training::Training NewTraining();
  void Train(const std::stop_token& stop);
  bool TrainPiece(training::Training& training);
  void Tick(double time);
  double Learned();
  bool WaitForNext(const std::stop_token& stop, double& time);
  void Count(const signals::Reading& reading);

  const std::string config_file_;
  std::shared_ptr<publish::Publisher> publisher_ = std::make_shared<publish::Publisher>();
  std::shared_ptr<publish::Scores> scores_ = std::make_shared<publish::Scores>();
  std::shared_ptr<page::Trails> trails_ = std::make_shared<page::Trails>();
  publish::SelfMetrics self_;
  service::Heartbeat heartbeat_{1};
  std::mutex mutex_;  // over all below: a tick or a reload
  std::condition_variable_any reloaded_;
  std::atomic<int> reloads_ = 0;  // that wait for the mutex: no tick begins before them
  settings::Settings settings_;
  std::unique_ptr<signals::Reader> reader_;
  std::unique_ptr<predictor::Predictor> predictor_;
  std::unique_ptr<state::Keeper> keeper_;  // none: no state is kept
  double learned_ = 0;                     // s since the epoch, the samples' time: until then it has learned
};

}  // namespace forewarn::exporter
