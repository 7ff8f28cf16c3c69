// SPDX-License-Identifier: Apache-2.0
#include "exporter/publish/scores.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace forewarn::publish {
namespace {

using confidence::FaultRecord;
using confidence::LeadTimes;
using confidence::Outcome;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Records = std::vector<FaultRecord>;

MetricFamily FamilyOf(const char* name, const char* help, MetricType type) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

ClientMetric Labelled(const FaultRecord& record) {
  ClientMetric metric;
  metric.label.push_back({"fault", record.terms.fault});
  return metric;
}

template <class CountOf>
MetricFamily Counters(MetricFamily family, const Records& records, CountOf count_of) {
  for (const FaultRecord& record : records) {
    for (const Outcome outcome : confidence::kOutcomes) {
      const std::optional<std::uint64_t> count = count_of(record, outcome);
      if (!count) continue;
      ClientMetric metric = Labelled(record);
      metric.label.push_back({"outcome", Name(outcome)});
      metric.counter.value = static_cast<double>(*count);
      family.metric.push_back(std::move(metric));
    }
  }
  return family;
}

template <class ValueOf>
MetricFamily Gauges(MetricFamily family, const Records& records, ValueOf value_of) {
  for (const FaultRecord& record : records) {
    const std::optional<double> value = value_of(record);
    if (!value) continue;
    ClientMetric metric = Labelled(record);
    metric.gauge.value = *value;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

MetricFamily Leads(MetricFamily family, const Records& records) {
  for (const FaultRecord& record : records) {
    ClientMetric metric = Labelled(record);
    auto& histogram = metric.histogram;
    for (std::size_t i = 0; i < record.leads.counts.size(); ++i) {
      histogram.sample_count += record.leads.counts[i];
      const bool last = i == LeadTimes::kBounds.size();
      const double bound = last ? std::numeric_limits<double>::infinity() : LeadTimes::kBounds[i];
      histogram.bucket.push_back({histogram.sample_count, bound});
    }
    histogram.sample_sum = record.leads.sum;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

MetricFamily Episodes(const Records& records) {
  return Counters(
      FamilyOf("forewarn_prediction_outcomes_total",
               "What came of predictions at the notify threshold; mitigated and dropped ones can't be known.",
               MetricType::Counter),
      records, [](const FaultRecord& record, Outcome outcome) -> std::optional<std::uint64_t> {
        return record.Episodes(outcome);
      });
}

MetricFamily Samples(const Records& records) {
  return Counters(FamilyOf("forewarn_calibration_samples_total",
                           "Predictions above 0.05, one per instance and horizon, from which confidence is calibrated.",
                           MetricType::Counter),
                  records, [](const FaultRecord& record, Outcome outcome) {
                    return outcome == Outcome::kMissed ? std::nullopt : std::optional(record.Samples(outcome));
                  });
}

MetricFamily Recognised(const Records& records) {
  MetricFamily family = FamilyOf("forewarn_injections_recognised_total",
                                 "Injected faults, by whether their signature matched best while they were in force.",
                                 MetricType::Counter);
  for (const FaultRecord& record : records) {
    const auto count = [&](const char* recognised, std::uint64_t number) {
      ClientMetric metric = Labelled(record);
      metric.label.push_back({"recognised", recognised});
      metric.counter.value = static_cast<double>(number);
      family.metric.push_back(std::move(metric));
    };
    count("true", record.recognition.recognised());
    count("false", record.recognition.unrecognised());
  }
  return family;
}

// The reliability curve: bins of equal counts, by rising confidence; absent where too few are judged to say anything.
MetricFamily Curve(MetricFamily family, const Records& records, double confidence::Reliability::Bin::*value) {
  for (const FaultRecord& record : records) {
    if (record.reliability.size() < confidence::Reliability::kEnough) continue;
    std::size_t number = 0;
    for (const auto& bin : record.reliability.Bins()) {
      ClientMetric metric = Labelled(record);
      metric.label.push_back({"bin", std::to_string(++number)});
      metric.gauge.value = bin.*value;
      family.metric.push_back(std::move(metric));
    }
  }
  return family;
}

}  // namespace

void Scores::Publish(const confidence::Scorekeeper& scores) {
  const Records& records = scores.faults();
  const auto gauges = [&](const char* name, const char* help, auto value_of) {
    return Gauges(FamilyOf(name, help, MetricType::Gauge), records, value_of);
  };
  using Value = std::optional<double>;
  std::vector<MetricFamily> families = {
      Episodes(records),
      Leads(FamilyOf("forewarn_prediction_lead_seconds",
                     "From a prediction at the notify threshold to what it predicted; 0 where that came as abruptly.",
                     MetricType::Histogram),
            records),
      Samples(records),
      Recognised(records),
      gauges("forewarn_calibration_error_ratio",
             "Debiased expected calibration error of the last 1000 samples; absent below 50.",
             [](const FaultRecord& record) { return record.reliability.CalibrationError(); }),
      gauges("forewarn_brier_score_ratio", "Brier score of the last 1000 samples; absent below 50.",
             [](const FaultRecord& record) { return record.reliability.BrierScore(); }),
      gauges("forewarn_brier_skill_ratio", "Brier skill of the same against always saying their base rate.",
             [](const FaultRecord& record) { return record.reliability.BrierSkill(); }),
      Curve(FamilyOf("forewarn_calibration_bin_confidence_ratio",
                     "Mean confidence of the same samples, in up to ten bins by rising confidence; absent below 50.",
                     MetricType::Gauge),
            records, &confidence::Reliability::Bin::confidence),
      Curve(FamilyOf("forewarn_calibration_bin_hit_ratio", "The part of the samples of a bin that came true.",
                     MetricType::Gauge),
            records, &confidence::Reliability::Bin::rate),
      gauges("forewarn_calibration_frozen",
             "1 while so much is mitigated somewhere that the calibration there learns nothing.",
             [](const FaultRecord& record) { return Value(record.calibration.IsFrozen() ? 1 : 0); }),
      gauges("forewarn_signature_accuracy_ratio",
             "How often the signature is right at full strength, by outcomes and injections, as far as known.",
             [](const FaultRecord& record) { return Value(record.Accuracy().mean); }),
      gauges("forewarn_signature_accuracy_deviation_ratio", "How far the same may be off: its standard deviation.",
             [](const FaultRecord& record) { return Value(record.Accuracy().deviation); }),
  };
  const std::lock_guard lock(mutex_);
  families_ = std::move(families);
}

std::vector<MetricFamily> Scores::Collect() const {
  const std::lock_guard lock(mutex_);
  return families_;
}

}  // namespace forewarn::publish
