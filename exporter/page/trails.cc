// SPDX-License-Identifier: Apache-2.0
#include "exporter/page/trails.h"

#include <algorithm>

namespace forewarn::page {

using predictor::Prediction;
using publish::Report;

std::vector<const Prediction*> Surest(const Report& report, std::size_t most, const IsWanted& is_wanted) {
  std::vector<const Prediction*> surest;
  for (const Prediction& prediction : report.predictions) {
    if (is_wanted(prediction)) surest.push_back(&prediction);
  }
  const auto end = surest.begin() + static_cast<std::ptrdiff_t>(std::min(most, surest.size()));
  // Of equals the order of the report, so that a page looks the same when it is loaded again.
  std::partial_sort(surest.begin(), end, surest.end(), [](const Prediction* a, const Prediction* b) {
    return a->confidence != b->confidence ? a->confidence > b->confidence : a < b;
  });
  surest.erase(end, surest.end());
  return surest;
}

// A trail that nothing is added to lasts until its last point is as old as its first could be.
void Trails::Add(const Report& report) {
  const std::lock_guard lock(mutex_);
  const auto is_wanted = [](const Prediction& prediction) { return prediction.confidence >= kWorthDrawing; };
  for (const Prediction* prediction : Surest(report, kMostDrawn, is_wanted)) {
    for (const predictor::Evidence& item : prediction->evidence) {
      const Key key{report.DomainOf(prediction->instance), report.signals[item.signal]};
      if (!trails_.contains(key) && trails_.size() >= kMostTrails) continue;
      std::deque<Point>& trail = trails_[key];
      if (!trail.empty() && trail.back().time >= report.time) continue;  // evidence of two faults
      const auto& states = report.states[item.signal];
      const double band = prediction->instance < states.size() ? states[prediction->instance].band : 0;
      trail.push_back({report.time, item.value, item.expected, band});
      if (trail.size() > kLength) trail.pop_front();
    }
  }
  std::erase_if(trails_, [&](const auto& entry) {
    const std::deque<Point>& trail = entry.second;
    return report.time - trail.back().time > std::max(60.0, trail.back().time - trail.front().time);
  });
}

std::vector<Trails::Point> Trails::Of(const std::string& domain, const std::string& signal) const {
  const std::lock_guard lock(mutex_);
  const auto found = trails_.find({domain, signal});
  if (found == trails_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

}  // namespace forewarn::page
