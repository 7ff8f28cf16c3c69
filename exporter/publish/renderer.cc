// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/renderer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <vector>

#include "common/metrics/bulk.h"

namespace forewarn::publish {
namespace {

using metrics::GaugeFamily;
using predictor::Prediction;

struct Families {
  GaugeFamily confidence{"forewarn_fault_confidence_ratio",
                         "Probability that the fault manifests within its horizon if nothing is done."};
  GaugeFamily severity{"forewarn_fault_severity_ratio",
                       "How far the forecast goes from normal (0) to the manifestation limit (1) within the horizon."};
  GaugeFamily expected{"forewarn_fault_expected_timestamp_seconds", "When the fault is expected to manifest."};
  GaugeFamily horizon{"forewarn_fault_horizon_seconds", "The fixed window in which a prediction is judged."};
  GaugeFamily manifested{"forewarn_fault_manifested", "1 while the fault is there; absent otherwise."};
  GaugeFamily hypervisor_confidence{
      "forewarn_hypervisor_fault_confidence_ratio",
      "Mean confidence of the instances of a hypervisor that one fault befalls together."};
  GaugeFamily hypervisor_instances{"forewarn_hypervisor_fault_instances",
                                   "How many instances of a hypervisor one fault befalls together."};
  GaugeFamily experiment{"forewarn_experiment_value_ratio",
                         "What an experiment would teach, 0 to 1; of the few that would teach most."};
  GaugeFamily score{"forewarn_signal_anomaly_score", "How anomalous the signal is; 1 is the alarm level."};
  GaugeFamily value{"forewarn_signal_value", "What the signal was in the last tick, in its own unit."};
  GaugeFamily forecast{"forewarn_signal_forecast", "What the signal is expected to be now, in its own unit."};
  GaugeFamily info{"forewarn_instance_info", "Which hypervisor an instance runs on."};
  GaugeFamily instances{"forewarn_instances",
                        "Instances with a value in the last tick, by whether enough is known of them to judge them."};
  GaugeFamily threshold{"forewarn_threshold_ratio",
                        "The confidence, or value of an experiment, from which on a stage takes place."};
};

const Families& Of() {
  static const Families families;
  return families;
}

using metrics::SampleWriter;
using Value = double Prediction::*;

// Room for all, so that a text of megabytes grows but once.
std::size_t Estimate(const Report& report) {
  constexpr std::size_t kLine = 112, kFaultSeries = 4, kSignalSeries = 5;  // bytes beside the domain; per prediction
  std::size_t lines = report.hypervisors.size() + kFaultSeries * report.predictions.size();
  for (const auto& states : report.states) lines += kSignalSeries * states.size();
  const std::size_t domains = std::max<std::size_t>(report.domains->labels.size(), 1);
  return 4096 + lines * (kLine + report.domains->labels.bytes() / domains);
}

// Those that no prediction of their hypervisor stands for.
using ByFault = std::map<std::string_view, std::vector<const Prediction*>>;
ByFault Sorted(const Report& report) {
  ByFault by_fault;
  for (const auto& prediction : report.predictions) {
    if (!prediction.shared) by_fault[prediction.fault].push_back(&prediction);
  }
  return by_fault;
}

void AppendPredictions(const Report& report, std::string& out) {
  const ByFault by_fault = Sorted(report);
  SampleWriter writer(out);
  const auto family = [&](const GaugeFamily& header, Value value) {
    writer.Header(header);
    for (const auto& [fault, predictions] : by_fault) {
      writer.Begin(header.Around("domain", {{"fault", fault}}));
      for (const auto* prediction : predictions)
        writer.Append(report.domains->labels.At(prediction->instance), prediction->*value);
    }
  };
  family(Of().confidence, &Prediction::confidence);
  family(Of().severity, &Prediction::severity);
  family(Of().expected, &Prediction::expected_time);
  family(Of().horizon, &Prediction::horizon);
  writer.Header(Of().manifested);
  for (const auto& [fault, predictions] : by_fault) {
    writer.Begin(Of().manifested.Around("domain", {{"fault", fault}}));
    for (const auto* prediction : predictions) {
      if (prediction->manifested) writer.Append(report.domains->labels.At(prediction->instance), 1);
    }
  }
}

// Few enough to be put together each time.
void AppendHypervisors(const Report& report, std::string& out) {
  const auto family = [&](const GaugeFamily& header, auto value) {
    header.AppendHeader(out);
    for (const auto& joint : report.joint)
      GaugeFamily::AppendSample(header.Prefix({{"hypervisor", joint.hypervisor}, {"fault", joint.fault}}), value(joint),
                                out);
  };
  family(Of().hypervisor_confidence, [](const auto& joint) { return joint.confidence; });
  family(Of().hypervisor_instances, [](const auto& joint) { return static_cast<double>(joint.instances.size()); });
}

void AppendExperiments(const Report& report, std::string& out) {
  const GaugeFamily& header = Of().experiment;
  header.AppendHeader(out);
  for (const auto& [instance, fault, value] : report.experiments)
    GaugeFamily::AppendSample(header.Prefix({{"fault", fault}, {"domain", report.DomainOf(instance)}}), value, out);
}

// One value of each state, or each forecast, of a signal; NaN says nothing.
template <class Of, class Value>
void AppendColumn(const Report& report, const std::vector<Of>& column, Value value, SampleWriter& writer) {
  for (std::size_t slot = 0; slot < column.size(); ++slot) {
    const auto said = std::invoke(value, column[slot]);
    if (!std::isnan(said)) writer.Append(report.domains->labels.At(slot), said);
  }
}

void AppendValues(const Report& report, std::size_t signal, SampleWriter& writer) {
  const auto& values = report.values[signal];
  for (std::size_t slot = 0; slot < values.size(); ++slot) {
    if (!std::isnan(report.states[signal][slot].score) && !std::isnan(values[slot]))
      writer.Append(report.domains->labels.At(slot), values[slot]);
  }
}

void AppendSignals(const Report& report, std::string& out) {
  using detectors::Anomaly, detectors::Expectation;
  SampleWriter writer(out);
  writer.Header(Of().score);
  for (std::size_t s = 0; s < report.states.size(); ++s) {
    writer.Begin(Of().score.Around("domain", {{"signal", report.signals[s]}}));
    AppendColumn(report, report.states[s], &Anomaly::score, writer);
  }
  writer.Header(Of().value);
  for (std::size_t s = 0; s < report.states.size(); ++s) {
    writer.Begin(Of().value.Around("domain", {{"signal", report.signals[s]}}));
    AppendValues(report, s, writer);
  }
  writer.Header(Of().forecast);
  for (std::size_t s = 0; s < report.states.size(); ++s) {
    const auto bound = [&](std::string_view name, auto value) {
      writer.Begin(Of().forecast.Around("domain", {{"signal", report.signals[s]}, {"bound", name}}));
      AppendColumn(report, report.forecasts[s], value, writer);
    };
    bound("lower", &Expectation::lower);
    bound("expected", &Expectation::expected);
    bound("upper", &Expectation::upper);
  }
}

void AppendInstances(const Report& report, std::string& out) {
  SampleWriter writer(out);
  writer.Header(Of().info);
  std::string_view begun;
  for (std::size_t slot = 0; slot < report.hypervisors.size(); ++slot) {
    const std::string& hypervisor = report.hypervisors[slot];
    if (hypervisor.empty()) continue;
    if (hypervisor != begun) writer.Begin(Of().info.Around("domain", {{"hypervisor", hypervisor}}));
    begun = hypervisor;
    writer.Append(report.domains->labels.At(slot), 1);
  }
}

// Warming: not one of its values can be judged yet.
void AppendKnown(const Report& report, std::string& out) {
  const auto state = [&](std::string_view name, std::size_t count) {
    GaugeFamily::AppendSample(Of().instances.Prefix({{"state", name}}), static_cast<double>(count), out);
  };
  Of().instances.AppendHeader(out);
  state("judged", report.judged);
  state("warming", report.warming);
}

}  // namespace

void AppendSeries(const Report& report, std::string& out) {
  metrics::Reserve(Estimate(report), out);
  AppendPredictions(report, out);
  AppendHypervisors(report, out);
  AppendExperiments(report, out);
  AppendSignals(report, out);
  AppendInstances(report, out);
  AppendKnown(report, out);
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
    stage("knowledge", stages.knowledge);
  }
  return out;
}

}  // namespace forewarn::publish
