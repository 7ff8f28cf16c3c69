// SPDX-License-Identifier: Apache-2.0
#include "exporter/daemon.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "common/base/clock.h"
#include "common/log/log.h"
#include "exporter/page/routes.h"
#include "exporter/publish/routes.h"

namespace forewarn::exporter {
namespace {

using base::Result;

constexpr std::chrono::minutes kTrainingPatience{5};  // then the present is more urgent than the past

// The first multiple of the tick after `now`, in s since the epoch.
double NextTick(double now, double tick) { return (std::floor(now / tick) + 1) * tick; }

double Now() { return base::ToSeconds(base::SystemClock().Now()); }

std::map<std::string, predictor::Thresholds> ThresholdsOf(const predictor::Predictor& predictor) {
  std::map<std::string, predictor::Thresholds> thresholds;
  for (const auto& fault : predictor.Faults()) thresholds[fault] = predictor.ThresholdsOf(fault);
  return thresholds;
}

std::vector<std::string> NamesOf(const signals::Settings& settings) {
  std::vector<std::string> names;
  for (const auto& signal : settings.signals) names.push_back(signal.name);
  if (!settings.instances.empty()) names.emplace_back("instances");
  const auto& circumstances = settings.circumstances;
  if (!circumstances.mitigated.empty()) names.emplace_back("mitigated");
  if (!circumstances.experiments.empty()) names.emplace_back("experiments");
  if (!circumstances.maintenance.empty()) names.emplace_back("maintenance");
  if (!circumstances.injections.empty()) names.emplace_back("injections");
  if (!circumstances.successes.empty()) names.emplace_back("successes");
  return names;
}

// One line per tick, however many signals failed.
void LogErrors(const signals::Reading& reading) {
  if (reading.errors.empty()) return;
  const auto& first = reading.errors.front();
  log::Warn(
      reading.answered == 0 ? "tick failed" : "signals could not be read",
      {{"failed", std::to_string(reading.errors.size())}, {"signal", first.signal}, {"error", first.error.message}});
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::Create(std::string config_file) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(config_file)));
  if (auto applied = daemon->Apply(); !applied) return applied.error();
  return daemon;
}

// All that can fail comes before all that changes.
Result<void> Daemon::Apply() {
  auto settings = settings::Load(config_file_);
  if (!settings) return settings.error();
  auto client = promql::Client::Create(settings->source);
  if (!client) return client.error();

  const std::lock_guard lock(mutex_);
  if (predictor_) {
    if (auto changed = predictor_->Reconfigure(settings->predictor); !changed) return changed;
    reader_->Reconfigure(std::move(*client), settings->signals);
  } else {
    auto created = predictor::Predictor::Create(settings->predictor);
    if (!created) return created.error();
    predictor_ = std::move(*created);
    reader_ = std::make_unique<signals::Reader>(std::move(*client), settings->signals);
  }
  settings_ = std::move(*settings);
  publisher_->SetMaxAge(settings_.max_age);
  publisher_->SetThresholds(ThresholdsOf(*predictor_));
  scores_->Publish(predictor_->scorekeeper());
  self_.SetSignals(NamesOf(settings_.signals));
  self_.ReloadSucceeded(base::SystemClock().Now());
  return {};
}

Result<void> Daemon::Reload() {
  ++reloads_;
  auto applied = Apply();
  {
    const std::lock_guard lock(mutex_);
    --reloads_;
  }
  reloaded_.notify_all();
  if (applied) {
    log::Info("configuration reloaded", {{"file", config_file_}});
  } else {
    self_.ReloadFailed();
    log::Error("configuration not reloaded; the old one stays", {{"error", applied.error().message}});
  }
  return applied;
}

void Daemon::Count(const signals::Reading& reading) {
  for (const auto& [signal, error] : reading.errors) self_.SourceFailed(signal, error.code);
  self_.SourceWarned(reading.warnings.size());
  self_.SeriesReceived(reading.series);
  self_.SeriesDropped("no_domain", reading.dropped.no_domain);
  self_.SeriesDropped("ambiguous", reading.dropped.ambiguous);
  self_.SeriesDropped("not_finite", reading.dropped.not_finite);
}

state::Observer Daemon::StateObserver() {
  state::Observer observer;
  observer.saved = [this](std::size_t bytes) { self_.StateSaved(bytes, base::SystemClock().Now()); };
  observer.save_failed = [this](const std::string& reason) { self_.StateSaveFailed(reason); };
  observer.restore_failed = [this](const std::string& reason) { self_.StateRestoreFailed(reason); };
  observer.restored = [this](double time) { self_.StateRestored(time); };
  return observer;
}

void Daemon::Restore() {
  const std::lock_guard lock(mutex_);
  if (settings_.state.directory.empty()) return;
  keeper_ = std::make_unique<state::Keeper>(settings_.state.directory, StateObserver());
  learned_ = keeper_->Restore(Now(), *predictor_, reader_->roster()).value_or(0);
}

void Daemon::SaveIfDue() {
  const std::lock_guard lock(mutex_);
  if (keeper_ && keeper_->Due(settings_.state.every)) Save();
}

void Daemon::Save() {
  if (keeper_ && learned_ > 0) keeper_->Save(learned_, *predictor_, reader_->roster());
}

// The time of the tick that has learned last.
double Daemon::Learned() {
  const std::lock_guard lock(mutex_);
  return learned_ + base::ToSeconds(settings_.offset);
}

// Of the samples at a tick's time; nullopt where nothing could be read.
std::optional<signals::Reading> Daemon::Read(double time) {
  const auto& clock = base::SystemClock();
  const auto begin = clock.Steady();
  const auto budget = std::max(settings_.tick, settings_.source.timeout);
  auto reading = reader_->Read(time - base::ToSeconds(settings_.offset), base::Deadline::After(budget));
  Count(reading);
  LogErrors(reading);
  if (!reading.warnings.empty()) log::Debug("the source warns", {{"warning", reading.warnings.front()}});
  if (reading.answered > 0) return reading;
  self_.TickFailed(clock.Steady() - begin);
  return std::nullopt;
}

void Daemon::Tick(double time) {
  const std::lock_guard lock(mutex_);
  const auto begin = base::SystemClock().Steady();
  const auto reading = Read(time);
  if (!reading) return;
  auto& output = predictor_->Tick(reading->snapshot, training::CircumstancesOf(*reading));
  learned_ = reading->snapshot.time;
  publisher_->Publish({reading->snapshot, output, reading->hypervisors});
  if (const auto report = publisher_->Current()) trails_->Add(*report);
  scores_->Publish(predictor_->scorekeeper());
  self_.TickSucceeded(base::SystemClock().Steady() - begin, base::SystemClock().Now());
}

// Whether there is somebody to learn about. A source that is down, or knows nobody yet, is asked for no more than that.
bool Daemon::SeesAnybody(double time) {
  const std::lock_guard lock(mutex_);
  const auto begin = base::SystemClock().Steady();
  const auto reading = Read(time);
  if (!reading || reading->series > 0) return reading.has_value();
  predictor::Output nothing;
  publisher_->Publish({reading->snapshot, nothing, reading->hypervisors});
  self_.TickSucceeded(base::SystemClock().Steady() - begin, base::SystemClock().Now());
  return false;
}

// False where there is none left.
bool Daemon::TrainPiece(training::Training& training) {
  const std::lock_guard lock(mutex_);
  const auto piece = training.Next(Now() - base::ToSeconds(settings_.offset));
  if (!piece) return false;
  const auto done = training.Learn(*piece, *reader_, *predictor_);
  const auto& learned = training.learned();
  learned_ = std::max(learned_, learned.until);
  self_.TrainingLearned(learned.until - learned.from, learned.values);
  if (done) return true;
  self_.TrainingFailed(done.error().code);
  log::Warn("history could not be read", {{"error", done.error().message}});
  return false;
}

training::Training Daemon::NewTraining() {
  const std::lock_guard lock(mutex_);
  return {settings_.training, settings_.tick, learned_};
}

void Daemon::Train(const std::stop_token& stop) {
  const auto deadline = base::Deadline::After(kTrainingPatience);
  auto training = NewTraining();
  self_.TrainingBegan();
  bool more = true;
  while (more && !stop.stop_requested() && !deadline.Passed()) {
    more = TrainPiece(training);
    heartbeat_.CameRound(0);
  }
  self_.TrainingEnded();
  if (!training.errors().empty()) {
    const auto& [signal, error] = training.errors().front();
    log::Warn("history could not be read in part", {{"signal", signal}, {"error", error.message}});
  }
  const auto& learned = training.learned();
  log::Info(learned.ticks > 0 ? "learned from history" : "no history to learn from",
            {{"ticks", std::to_string(learned.ticks)}, {"values", std::to_string(learned.values)}});
  if (more && !stop.stop_requested()) log::Warn("learning from history took too long; the rest is left out");
}

// False when it is time to stop. Ticks never go back: a wall clock that was set back is waited for.
bool Daemon::WaitForNext(const std::stop_token& stop, double& time) {
  std::unique_lock lock(mutex_);
  // Ticks that take all of their time would leave the mutex to nobody else.
  reloaded_.wait(lock, stop, [&] { return reloads_ == 0; });
  while (!stop.stop_requested()) {
    heartbeat_.CameRound(0);
    const base::Duration interval = settings_.tick;
    const double tick = base::ToSeconds(interval), now = Now();
    const double left = NextTick(time, tick) - now;
    if (left <= 0) {
      time = NextTick(now, tick) - tick;
      return true;
    }
    const auto changed = [&] { return settings_.tick != interval; };
    const double pause = std::min({left, tick, base::ToSeconds(service::kLongestSleep)});
    reloaded_.wait_for(lock, stop, std::chrono::duration<double>(pause), changed);
  }
  return false;
}

void Daemon::Run(const std::stop_token& stop) {
  Restore();
  bool trained = false;
  double time = Learned();
  while (WaitForNext(stop, time)) {
    if (trained) {
      Tick(time);
    } else if (SeesAnybody(time)) {
      Train(stop);
      trained = true;
      time = std::max(time, Learned());
    }
    SaveIfDue();
  }
  const std::lock_guard lock(mutex_);
  Save();
  keeper_.reset();
}

std::vector<http::Route> Daemon::Routes(const std::string& telemetry_path, const http::WebPaths& paths) {
  auto routes = publish::Routes({telemetry_path, publisher_, self_.registry(), scores_, [this] { return Reload(); }});
  const auto look = [this] { return self_.Look(); };
  for (http::Route& route : page::Routes({publisher_, trails_, look, paths, telemetry_path})) {
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace forewarn::exporter
