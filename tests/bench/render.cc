// SPDX-License-Identifier: Apache-2.0
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <stdexcept>

#include "exporter/publish/renderer.h"
#include "predictor/predictor.h"
#include "tests/bench/bench.h"
#include "tests/bench/fleet.h"
#include "tests/bench/meter.h"

namespace forewarn::bench {
namespace {

// The same series in prometheus-cpp's registry.
class Registry {
 public:
  explicit Registry(const publish::Tick& tick) {
    auto& score = prometheus::BuildGauge().Name("forewarn_signal_anomaly_score").Help("-").Register(registry_);
    auto& value = prometheus::BuildGauge().Name("forewarn_signal_value").Help("-").Register(registry_);
    auto& forecast = prometheus::BuildGauge().Name("forewarn_signal_forecast").Help("-").Register(registry_);
    for (std::uint32_t s = 0; s < tick.output.signals.size(); ++s) {
      const std::string signal = tick.snapshot.signals->NameOf(s);
      for (std::uint32_t i = 0; i < tick.output.signals[s].size(); ++i) {
        const std::string domain = tick.snapshot.instances->NameOf(i);
        const auto& state = tick.output.signals[s][i];
        score.Add({{"domain", domain}, {"signal", signal}}).Set(state.score);
        value.Add({{"domain", domain}, {"signal", signal}}).Set(tick.snapshot.At(s, i));
        const auto bound = [&](const char* name, double at) {
          forecast.Add({{"domain", domain}, {"signal", signal}, {"bound", name}}).Set(at);
        };
        const auto& expected = tick.output.signals.forecasts[s][i];
        bound("lower", expected.lower());
        bound("expected", expected.expected);
        bound("upper", expected.upper());
      }
    }
    auto& instances = prometheus::BuildGauge().Name("forewarn_instances").Help("-").Register(registry_);
    for (const char* state : {"judged", "warming"}) instances.Add({{"state", state}}).Set(1);
  }
  std::string Render() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

 private:
  prometheus::Registry registry_;
};

// What a predictor says of every signal.
predictor::Output OutputOf(const Fleet& fleet) {
  predictor::Output output;
  output.signals.resize(Fleet::kSignals);
  output.signals.forecasts.resize(Fleet::kSignals);
  for (std::uint32_t s = 0; s < Fleet::kSignals; ++s) {
    for (std::uint32_t i = 0; i < fleet.instances(); ++i) {
      const auto expected = static_cast<float>(fleet.Value(s, i, 1));
      output.signals[s].push_back({static_cast<float>(fleet.Value(0, i, s)), expected, 0.1f * expected});
      output.signals.forecasts[s].push_back(output.signals[s].back().expectation());
    }
  }
  return output;
}

std::size_t Samples(const std::string& text) {
  std::size_t samples = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) samples += text[at] == '#' ? 0 : 1;
  return samples;
}

}  // namespace

std::vector<Figure> MeasureRender(const Scale& scale) {
  const Fleet fleet(scale.render_series / 5);
  FleetSnapshots snapshots(fleet);
  const auto& snapshot = snapshots.At(1.7e9, 0);
  const auto said = OutputOf(fleet);
  auto output = said;
  const std::vector<std::string> hypervisors;
  const publish::Tick tick{snapshot, output, hypervisors};
  const Registry registry(tick);
  auto report = publish::ReportOf(tick, nullptr);
  std::string ours, theirs;
  std::vector<double> our_cost, their_cost;
  for (std::size_t i = 0; i < scale.ticks; ++i) {
    output = said;  // the report takes it
    our_cost.push_back(CpuSecondsOf([&] {
      report = publish::ReportOf(tick, report.get());
      std::string text;
      publish::AppendSeries(*report, text);
      ours = std::move(text);
    }));
    their_cost.push_back(CpuSecondsOf([&] { theirs = registry.Render(); }));
  }
  const std::size_t samples = Samples(ours);
  if (samples != Samples(theirs)) throw std::runtime_error("the two texts do not hold the same series");
  const double cost = Median(our_cost);
  return {{"render_speedup", Median(their_cost) / cost, "x", 20, 0,
           "CPU of prometheus-cpp's Collect and Serialize / of ours from the predictor's output to a new text, " +
               std::to_string(samples) + " series",
           true},
          {"render_cost", 1e9 * cost / static_cast<double>(samples), "ns/series", 0, 0, "CPU of ours per series out"}};
}

}  // namespace forewarn::bench
