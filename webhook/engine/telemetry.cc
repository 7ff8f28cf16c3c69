// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/telemetry.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "webhook/alerts/alert.h"

namespace forewarn::engine {
namespace {

constexpr std::string_view kConfidence = "forewarn_fault_confidence_ratio";
constexpr std::string_view kSeverity = "forewarn_fault_severity_ratio";
constexpr std::string_view kExpected = "forewarn_fault_expected_timestamp_seconds";
constexpr std::string_view kScore = "forewarn_signal_anomaly_score";
constexpr std::string_view kValue = "forewarn_experiment_value_ratio";
constexpr std::string_view kThreshold = "forewarn_threshold_ratio";
constexpr int kLooks = 20;  // in a window

// A name as a regular expression that matches nothing else, as the text between a selector's quotes.
std::string Literal(const std::string& name) {
  std::string pattern;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
    if (plain) {
      pattern += c;
    } else {
      pattern += std::string("[") + c + "]";
    }
  }
  return promql::EscapeLabelValue(pattern);
}

// When each was sampled. (Only of a plain selector does timestamp() say that.)
std::string Sampled(std::string_view series, const std::string& match) {
  return "label_replace(timestamp(" + std::string(series) + "{" + match + "}),\"forewarn_stat\",\"sampled\",\"\",\"\")";
}

// The rows of one answer, sorted into what they say.
class Answer {
 public:
  explicit Answer(const promql::Vector& rows) : rows_(rows) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (std::isfinite(rows.values[row])) Take(row);
    }
  }

  std::optional<journal::Prediction> For(const journal::Episode& episode) const {
    const Key key{episode.domain, episode.fault};
    auto confidence = confidence_.find(key);
    auto sampled = sampled_.find(key);
    auto threshold = thresholds_.find({episode.fault, episode.purpose});
    const bool teaches = episode.purpose == alerts::kExperiment && Teaches(key);
    if (sampled == sampled_.end() || threshold == thresholds_.end()) return std::nullopt;
    if (confidence == confidence_.end() && !teaches) return std::nullopt;
    journal::Prediction prediction;
    prediction.confidence = confidence == confidence_.end() ? 0 : confidence->second;
    prediction.sampled = base::FromSeconds(sampled->second);
    prediction.threshold = threshold->second;
    prediction.teaches = teaches;
    if (auto found = severity_.find(key); found != severity_.end()) prediction.severity = found->second;
    if (auto found = expected_.find(key); found != expected_.end())
      prediction.expected = base::FromSeconds(found->second);
    if (auto found = scores_.find(episode.domain); found != scores_.end()) prediction.evidence = found->second;
    return prediction;
  }

 private:
  using Key = std::pair<std::string, std::string>;  // domain, fault

  bool Teaches(const Key& key) const {
    const auto value = values_.find(key);
    const auto enough = thresholds_.find({key.second, "knowledge"});
    return value != values_.end() && enough != thresholds_.end() && value->second >= enough->second;
  }

  template <class Map, class MapKey>
  static void KeepLargest(Map& map, const MapKey& key, double value) {
    auto [at, added] = map.emplace(key, value);
    if (!added) at->second = std::max(at->second, value);
  }

  void Take(std::size_t row) {
    const double value = rows_.values[row];
    const std::string_view name = rows_.Label(row, "__name__");
    const Key key{rows_.Label(row, "domain"), rows_.Label(row, "fault")};
    if (rows_.Label(row, "forewarn_stat") == "sampled") {
      KeepLargest(sampled_, key, value);
    } else if (name == kConfidence) {
      KeepLargest(confidence_, key, value);
    } else if (name == kSeverity) {
      KeepLargest(severity_, key, value);
    } else if (name == kExpected) {
      auto [at, added] = expected_.emplace(key, value);
      if (!added) at->second = std::min(at->second, value);
    } else if (name == kScore) {
      KeepLargest(scores_[key.first], std::string(rows_.Label(row, "signal")), value);
    } else if (name == kThreshold) {
      KeepLargest(thresholds_, Key{key.second, rows_.Label(row, "stage")}, value);
    } else if (name == kValue) {
      KeepLargest(values_, key, value);
    }
  }

  const promql::Vector& rows_;
  std::map<Key, double> confidence_, severity_, expected_, sampled_, values_;
  std::map<std::string, std::map<std::string, double>> scores_;
  std::map<Key, double> thresholds_;  // by fault and stage
};

}  // namespace

std::string PredictionQuery(const std::vector<std::string>& domains) {
  std::string match = "domain=~\"";
  for (const std::string& domain : domains) {
    if (&domain != &domains.front()) match += '|';
    match += Literal(domain);
  }
  match += '"';
  std::string names;
  for (const std::string_view name : {kConfidence, kSeverity, kExpected, kScore, kValue}) {
    if (!names.empty()) names += '|';
    names += name;
  }
  // `or` keeps of the right side what has other labels than the left: the mark keeps the times apart from the values.
  // (A selector takes names by a pattern, but an operation drops them, so nothing may be done to the first part.)
  return "{__name__=~\"" + names + "\"," + match + "} or " + Sampled(kConfidence, match) + " or " +
         Sampled(kValue, match) + " or " + std::string(kThreshold) + "{stage=~\"mitigate|experiment|knowledge\"}";
}

base::Result<void> Confirm(promql::Client& client, const std::vector<journal::Episode*>& episodes) {
  std::set<std::string> domains;
  for (journal::Episode* episode : episodes) {
    episode->prediction.reset();
    domains.insert(episode->domain);
  }
  if (domains.empty()) return {};
  auto rows = client.Query(PredictionQuery({domains.begin(), domains.end()}), 0);
  if (!rows) return rows.error();
  const Answer answer(*rows);
  for (journal::Episode* episode : episodes) episode->prediction = answer.For(*episode);
  return {};
}

base::Result<double> SymptomOver(promql::Client& client, const plan::Verify& verify, const std::string& domain,
                                 base::Duration window, Bound bound) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(window).count();
  const std::string range = std::to_string(ms) + "ms:" + std::to_string(std::max<std::int64_t>(ms / kLooks, 1)) + "ms";
  const std::string quantile = bound == Bound::kAtMost ? "0.75" : "0.25";
  return Symptom(client, {"quantile_over_time(" + quantile + ",(" + verify.expr + "\n)[" + range + "])", {}}, domain);
}

base::Result<double> Symptom(promql::Client& client, const plan::Verify& verify, const std::string& domain) {
  auto rows = client.Query(plan::ExprFor(verify, domain), 0);
  if (!rows) return rows.error();
  std::optional<double> largest;
  for (const double value : rows->values) {
    if (std::isfinite(value) && (!largest || value > *largest)) largest = value;
  }
  if (!largest) return base::Error{base::ErrorCode::kNotFound, "telemetry says nothing about the symptom"};
  return *largest;
}

}  // namespace forewarn::engine
