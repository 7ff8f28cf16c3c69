// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/renderer.h"

#include <algorithm>
#include <cmath>

namespace forewarn::publish {
namespace {

using metrics::GaugeFamily;
using predictor::Prediction;
using predictor::SignalState;

struct Families {
  GaugeFamily confidence{"forewarn_fault_confidence_ratio",
                         "Probability that the fault manifests within its horizon if nothing is done."};
  GaugeFamily severity{"forewarn_fault_severity_ratio",
                       "How far the forecast goes from normal (0) to the manifestation limit (1) within the horizon."};
  GaugeFamily expected{"forewarn_fault_expected_timestamp_seconds", "When the fault is expected to manifest."};
  GaugeFamily horizon{"forewarn_fault_horizon_seconds", "The fixed window in which a prediction is judged."};
  GaugeFamily hypervisor_confidence{
      "forewarn_hypervisor_fault_confidence_ratio",
      "Mean confidence of the instances of a hypervisor that one fault befalls together."};
  GaugeFamily hypervisor_instances{"forewarn_hypervisor_fault_instances",
                                   "How many instances of a hypervisor one fault befalls together."};
  GaugeFamily score{"forewarn_signal_anomaly_score", "How anomalous the signal is; 1 is the alarm level."};
  GaugeFamily forecast{"forewarn_signal_forecast", "What the signal is expected to be now, in its own unit."};
  GaugeFamily info{"forewarn_instance_info", "Which hypervisor an instance runs on."};
  GaugeFamily instances{"forewarn_instances",
                        "Instances with a value in the last tick, by whether enough is known of them to judge them."};
  GaugeFamily threshold{"forewarn_threshold_ratio", "The confidence from which on a stage takes place."};
};

const Families& Of() {
  static const Families families;
  return families;
}

void AppendFinite(const std::string& prefix, double value, std::string& out) {
  if (std::isfinite(value)) GaugeFamily::AppendSample(prefix, value, out);
}

}  // namespace

const Renderer::FaultSeries& Renderer::FaultSeriesOf(const Tick& tick, const Prediction& prediction) {
  auto& by_instance = faults_[prediction.fault];
  if (prediction.instance >= by_instance.size()) by_instance.resize(tick.snapshot.instances->size());
  FaultSeries& series = by_instance[prediction.instance];
  if (series.confidence.empty()) {
    const std::vector<std::pair<std::string_view, std::string_view>> labels = {
        {"domain", tick.snapshot.instances->NameOf(prediction.instance)}, {"fault", prediction.fault}};
    series = {Of().confidence.Prefix(labels), Of().severity.Prefix(labels), Of().expected.Prefix(labels),
              Of().horizon.Prefix(labels)};
  }
  return series;
}

const Renderer::SignalSeries& Renderer::SignalSeriesOf(const Tick& tick, const SignalState& state) {
  SignalSeries& series = signals_[std::uint64_t{state.instance} << 32 | state.signal];
  if (series.score.empty()) {
    const std::string_view domain = tick.snapshot.instances->NameOf(state.instance);
    const std::string_view signal = tick.snapshot.signals->NameOf(state.signal);
    const auto bound = [&](std::string_view name) {
      return Of().forecast.Prefix({{"domain", domain}, {"signal", signal}, {"bound", name}});
    };
    series = {Of().score.Prefix({{"domain", domain}, {"signal", signal}}), bound("lower"), bound("expected"),
              bound("upper")};
  }
  return series;
}

void Renderer::RenderPredictions(const Tick& tick, std::string& out) {
  const auto family = [&](const GaugeFamily& header, std::string FaultSeries::*prefix, double Prediction::*value) {
    header.AppendHeader(out);
    for (const auto& prediction : tick.output.predictions) {
      if (prediction.shared) continue;  // its hypervisor's stands for it
      AppendFinite(FaultSeriesOf(tick, prediction).*prefix, prediction.*value, out);
    }
  };
  family(Of().confidence, &FaultSeries::confidence, &Prediction::confidence);
  family(Of().severity, &FaultSeries::severity, &Prediction::severity);
  family(Of().expected, &FaultSeries::expected, &Prediction::expected_time);
  family(Of().horizon, &FaultSeries::horizon, &Prediction::horizon);
}

// Few enough to be put together each time.
void Renderer::RenderHypervisors(const Tick& tick, std::string& out) {
  const auto family = [&](const GaugeFamily& header, auto value) {
    header.AppendHeader(out);
    for (const auto& joint : tick.output.hypervisors)
      AppendFinite(header.Prefix({{"hypervisor", joint.hypervisor}, {"fault", joint.fault}}), value(joint), out);
  };
  family(Of().hypervisor_confidence, [](const auto& joint) { return joint.confidence; });
  family(Of().hypervisor_instances, [](const auto& joint) { return static_cast<double>(joint.instances.size()); });
}

void Renderer::RenderSignals(const Tick& tick, std::string& out) {
  Of().score.AppendHeader(out);
  for (const auto& state : tick.output.signals) AppendFinite(SignalSeriesOf(tick, state).score, state.score, out);
  Of().forecast.AppendHeader(out);
  for (const auto& state : tick.output.signals) {
    const SignalSeries& series = SignalSeriesOf(tick, state);
    AppendFinite(series.lower, state.lower, out);
    AppendFinite(series.expected, state.expected, out);
    AppendFinite(series.upper, state.upper, out);
  }
}

void Renderer::RenderInstances(const Tick& tick, std::string& out) {
  Of().info.AppendHeader(out);
  instances_.resize(std::max(instances_.size(), tick.hypervisors.size()));
  for (std::uint32_t slot = 0; slot < tick.hypervisors.size(); ++slot) {
    const std::string& hypervisor = tick.hypervisors[slot];
    if (hypervisor.empty()) continue;
    InstanceSeries& series = instances_[slot];
    if (series.hypervisor != hypervisor) {
      const std::string_view domain = tick.snapshot.instances->NameOf(slot);
      series = {hypervisor, Of().info.Prefix({{"domain", domain}, {"hypervisor", hypervisor}})};
    }
    GaugeFamily::AppendSample(series.info, 1, out);
  }
}

// Warming: not one of its values can be judged yet.
void Renderer::RenderKnown(const Tick& tick, std::string& out) const {
  std::vector<bool> present(tick.snapshot.instances->size());
  for (const auto& column : tick.snapshot.columns) {
    for (std::size_t slot = 0; slot < column.size(); ++slot) {
      present[slot] = present[slot] || !telemetry::IsMissing(column[slot]);
    }
  }
  const auto all = static_cast<std::size_t>(std::count(present.begin(), present.end(), true));
  const std::size_t judged = std::min(all, tick.output.instances.size());
  Of().instances.AppendHeader(out);
  GaugeFamily::AppendSample(Of().instances.Prefix({{"state", "judged"}}), static_cast<double>(judged), out);
  GaugeFamily::AppendSample(Of().instances.Prefix({{"state", "warming"}}), static_cast<double>(all - judged), out);
}

std::string Renderer::Render(const Tick& tick) {
  std::string out;
  RenderPredictions(tick, out);
  RenderHypervisors(tick, out);
  RenderSignals(tick, out);
  RenderInstances(tick, out);
  RenderKnown(tick, out);
  return out;
}

std::string RenderThresholds(const std::map<std::string, predictor::Thresholds>& thresholds) {
  std::string out;
  Of().threshold.AppendHeader(out);
  for (const auto& [fault, stages] : thresholds) {
    const auto stage = [&, &name = fault](std::string_view label, double value) {
      GaugeFamily::AppendSample(Of().threshold.Prefix({{"fault", name}, {"stage", label}}), value, out);
    };
    stage("notify", stages.notify);
    stage("experiment", stages.experiment);
    stage("mitigate", stages.mitigate);
  }
  return out;
}

}  // namespace forewarn::publish
