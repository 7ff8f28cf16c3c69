// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/run.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <thread>

#include "tests/e2e/demo/narrator.h"

namespace forewarn::demo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using std::chrono::seconds;

constexpr auto kPeriod = seconds(1);
constexpr double kRest = 30;  // s at rest, and known to be, before the load begins: what is ordinary has to be learnt
constexpr double kShortRest = 10;  // s, where nobody learns
constexpr auto kRestPatience = seconds(120);
constexpr double kUnsuspected = 0.3;          // confidence below which a twin counts as at rest
constexpr auto kTrialPatience = seconds(90);  // of one experiment, with its cool-down
constexpr const char* kTrialOver = "over";
constexpr auto kOutcomePatience = seconds(25);  // for the outcome of what was done

class Experiment {
 public:
  Experiment(Lab& lab, const Options& options, View& view)
      : lab_(lab),
        options_(options),
        scenario_(ScenarioOf(options)),
        view_(view),
        narrator_([&view](const std::string& line) { view.Say(line); }) {}

  Result<Findings> Run() {
    auto watch = Watch::Create(lab_.site(), scenario_);
    if (!watch) return watch.error();
    watch_ = std::make_unique<Watch>(std::move(*watch));
    view_.Say("learning what is ordinary");
    if (auto rested = AwaitRest(); !rested) return rested.error();
    if (auto rehearsed = Rehearse(); !rehearsed) return rehearsed.error();
    view_.Say("both twins, from now on: " + scenario_.cause);
    const double start = base::ToSeconds(base::SystemClock().Now());
    if (auto loaded = lab_.Load(scenario_.load); !loaded) return loaded.error();
    if (auto watched = AwaitBreakdown(start); !watched) return watched.error();
    return watch_->Measure(start);
  }

 private:
  // One sight per second until `done`. false: the time was up. Prometheus may be away for a moment.
  Result<bool> WatchUntil(base::Duration patience, const std::function<bool(const Sight&)>& done) {
    const auto deadline = base::Deadline::After(patience);
    for (auto next = base::SystemClock().Steady(); !deadline.Passed(); std::this_thread::sleep_until(next += kPeriod)) {
      if (const auto ended = lab_.daemons().Ended()) return Error{ErrorCode::kInternal, *ended + " has ended"};
      const auto sight = watch_->Look();
      if (!sight) {
        view_.Say("not seen: " + sight.error().message);
        continue;
      }
      narrator_.Tell(*sight);
      view_.Show(*sight);
      if (done(*sight)) return true;
    }
    return false;
  }

  bool AtRest(const Sight& sight, const std::string& twin) const {
    const bool healthy = sight.Of(twin, "broken") == 0 && !std::isnan(sight.Of(twin, "signal"));
    return healthy && (options_.without_exporter || sight.Of(twin, "confidence") < kUnsuspected);
  }

  Result<void> AwaitRest() {
    double since = NAN;
    const auto rested = WatchUntil(kRestPatience, [&](const Sight& sight) {
      const bool at_rest = AtRest(sight, kProtected) && AtRest(sight, kUnprotected);
      if (!at_rest) since = NAN;
      if (at_rest && std::isnan(since)) since = sight.time;
      return sight.time - since >= (options_.without_exporter ? kShortRest : kRest);
    });
    if (!rested) return rested.error();
    if (!*rested) return Error{ErrorCode::kTimeout, "the twins did not come to rest"};
    return {};
  }

  // As somebody does who wants to know before it matters what helps.
  Result<void> Rehearse() {
    bool passed = false;
    for (int number = 0; number < scenario_.rehearsals && !passed; ++number) {
      if (auto asked = watch_->Rehearse(number); !asked) return asked;
      const auto over = WatchUntil(kTrialPatience, [&](const Sight& sight) {
        const bool begun = sight.trials.size() > static_cast<std::size_t>(number);
        passed = begun && sight.trials.back().verdict == "passed";
        return begun && sight.trials.back().phase == kTrialOver;
      });
      if (!over) return over.error();
      if (!*over) return Error{ErrorCode::kTimeout, "the experiment does not end"};
    }
    return {};
  }

  // Until the unprotected twin has broken down, and for a while the protected one has not under the same load.
  Result<void> AwaitBreakdown(double start) {
    double broken_since = NAN;
    const auto broken = WatchUntil(scenario_.patience, [&](const Sight& sight) {
      Grow(sight.time - start);
      if (sight.Of(kUnprotected, "broken") == 1 && std::isnan(broken_since)) broken_since = sight.time;
      return sight.time - broken_since >= base::ToSeconds(scenario_.after);
    });
    if (!broken) return broken.error();
    const auto judged = WatchUntil(kOutcomePatience, [](const Sight& sight) {
      return std::all_of(sight.deeds.begin(), sight.deeds.end(),
                         [](const Deed& deed) { return !deed.outcome.empty(); });
    });
    if (!judged) return judged.error();
    return {};
  }

  // A guest that is too busy to answer already has load enough.
  void Grow(double elapsed) {
    if (scenario_.ramp == seconds(0) || grown_ >= 1) return;
    grown_ = std::clamp(elapsed / base::ToSeconds(scenario_.ramp), 0.0, 1.0);
    if (scenario_.squeeze < 1) {
      if (auto done = lab_.Squeeze(scenario_.squeeze); !done) view_.Say("not squeezed: " + done.error().message);
    }
    if (scenario_.grow == nullptr) return;
    for (const std::string& command : scenario_.grow(grown_)) {
      if (auto done = lab_.Load(command); !done) view_.Say("not obeyed: " + command + ": " + done.error().message);
    }
  }

  Lab& lab_;
  const Options& options_;
  const Scenario& scenario_;
  View& view_;
  Narrator narrator_;
  std::unique_ptr<Watch> watch_;
  double grown_ = 0;
};

}  // namespace

Result<Findings> RunExperiment(Lab& lab, const Options& options, View& view) {
  return Experiment(lab, options, view).Run();
}

}  // namespace forewarn::demo
