// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/campaign.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "tests/campaigns/kills/lane.h"
#include "tests/fakes/private_libvirtd.h"

namespace forewarn::crash {

using base::Result;

namespace {

struct Point {
  const Scenario* scenario;
  std::uint32_t at;
};

class Campaign {
 public:
  Campaign(const Options& options, std::string uri, const std::function<void(const Figures&)>& progress)
      : options_(options), progress_(progress), subjects_(Subjects::Driver::kTest, std::move(uri)) {}

  Result<Figures> Run() {
    for (int i = 0; i < options_.lanes; ++i) {
      lanes_.push_back(std::make_unique<Lane>(subjects_, telemetry_, i));
      if (auto begun = lanes_.back()->Begin(); !begun) return begun.error();
    }
    for (const Scenario& scenario : scenarios_) todo_.push_back({&scenario, 0});
    Work();
    Deal();
    Work();
    if (error_) return *error_;
    return figures_;
  }

 private:
  // Every call of every scenario once, in an order of the seed; as many as are wanted.
  void Deal() {
    for (const Scenario& scenario : scenarios_) {
      const auto calls = figures_.calls[scenario.name];
      for (std::uint32_t at = 1; at <= calls; ++at) todo_.push_back({&scenario, at});
    }
    std::mt19937_64 random(options_.seed);
    std::shuffle(todo_.begin(), todo_.end(), random);
  }

  void Work() {
    std::vector<std::jthread> threads;
    for (const auto& lane : lanes_) threads.emplace_back([this, &lane] { Work(*lane); });
  }

  void Work(Lane& lane) {
    while (const auto point = Next()) {
      auto trial = lane.Try(*point->scenario, point->at);
      std::lock_guard lock(mutex_);
      if (!trial && !error_) error_ = base::Error{trial.error().code, Describe(*point) + trial.error().message};
      if (trial) Note(*point, *trial);
    }
  }

  std::optional<Point> Next() {
    std::lock_guard lock(mutex_);
    if (error_ || todo_.empty() || figures_.points >= options_.n) return std::nullopt;
    const Point point = todo_.front();
    todo_.pop_front();
    return point;
  }

  static std::string Describe(const Point& point) {
    return point.scenario->name + ", call " + std::to_string(point.at) + ": ";
  }

  void Note(const Point& point, const Trial& trial) {
    for (const std::string& broken : trial.broken) {
      figures_.broken.push_back(Describe(point) + trial.on + " " + trial.call + ": " + broken);
    }
    if (point.at == 0) {
      figures_.calls[point.scenario->name] = trial.calls;
    } else if (!trial.died) {
      ++figures_.missed;
    } else {
      ++figures_.points;
      ++figures_.at[trial.on + " " + trial.call];
      ++figures_.by_scenario[point.scenario->name];
      figures_.recoveries.push_back(base::ToSeconds(trial.recovery));
      figures_.starts.push_back(base::ToSeconds(trial.start));
      progress_(figures_);
    }
  }

  const Options& options_;
  const std::function<void(const Figures&)>& progress_;
  const std::vector<Scenario> scenarios_ = Scenarios();
  Subjects subjects_;
  Telemetry telemetry_{subjects_};
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::mutex mutex_;
  std::deque<Point> todo_;
  std::optional<base::Error> error_;
  Figures figures_;
};

}  // namespace

Options Defaults() { return {.what = "kills at distinct points"}; }

Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  auto libvirtd = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!libvirtd) return libvirtd.error();
  return Campaign(options, (*libvirtd)->uri(), progress).Run();
}

}  // namespace forewarn::crash
