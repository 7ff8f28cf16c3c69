// SPDX-License-Identifier: Apache-2.0
#include "predictor/correlate.h"

#include <algorithm>
#include <cmath>

namespace forewarn::predictor {

using telemetry::IsMissing;
using telemetry::kMissing;

// Also keeps since when each instance has had each fault. A prediction that is missing for a tick is no news.
std::map<Correlator::Key, Correlator::Group> Correlator::GroupsOf(const Terms& terms, Output& output) {
  std::map<Key, Group> groups;
  for (auto& prediction : output.predictions) {
    const auto notify = terms.notify.find(prediction.fault);
    const std::uint32_t instance = prediction.instance;
    if (notify == terms.notify.end() || instance >= terms.hypervisors.size()) continue;
    const std::string& hypervisor = terms.hypervisors[instance];
    if (hypervisor.empty()) continue;
    auto& since = since_[prediction.fault];
    if (instance >= since.size()) since.resize(instance + 1, kMissing);
    if (detectors::IsMasked(terms.masked, instance)) {
      since[instance] = kMissing;
      continue;
    }
    Group& group = groups[{hypervisor, prediction.fault}];
    ++group.judged;
    if (prediction.confidence < notify->second) {
      since[instance] = kMissing;
      continue;
    }
    if (IsMissing(since[instance])) since[instance] = terms.time;
    group.predicted.push_back(&prediction);
  }
  return groups;
}

bool Correlator::Together(const Terms& terms, const Group& group) const {
  std::vector<double> begins;
  for (const auto* prediction : group.predicted)
    begins.push_back(since_.find(prediction->fault)->second[prediction->instance]);
  std::sort(begins.begin(), begins.end());
  const double window = std::max(kTogether, kTogetherTicks * terms.tick);
  const auto enough =
      std::max(kLeastBegin, static_cast<std::size_t>(std::ceil(kBegins * static_cast<double>(group.judged))));
  for (std::size_t i = 0; i + enough <= begins.size(); ++i) {
    if (begins[i + enough - 1] - begins[i] <= window) return true;
  }
  return false;
}

HypervisorPrediction Correlator::Join(const Key& key, const Group& group) {
  HypervisorPrediction joint;
  joint.hypervisor = key.first;
  joint.fault = key.second;
  joint.expected_time = kMissing;
  for (auto* prediction : group.predicted) {
    prediction->shared = true;
    joint.confidence += prediction->confidence / static_cast<double>(group.predicted.size());
    joint.severity = std::max(joint.severity, prediction->severity);
    joint.expected_time = std::fmin(joint.expected_time, prediction->expected_time);
    joint.horizon = prediction->horizon;
    joint.instances.push_back(prediction->instance);
  }
  return joint;
}

void Correlator::Correlate(const Terms& terms, Output& output) {
  output.hypervisors.clear();
  std::set<Key> standing;
  for (const auto& [key, group] : GroupsOf(terms, output)) {
    const auto part = static_cast<double>(group.predicted.size()) / static_cast<double>(group.judged);
    const bool stays = standing_.contains(key) && group.predicted.size() >= kLeastStay && part >= kStays;
    if (!stays && !Together(terms, group)) continue;
    standing.insert(key);
    output.hypervisors.push_back(Join(key, group));
  }
  standing_ = std::move(standing);
}

}  // namespace forewarn::predictor
