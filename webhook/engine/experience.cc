// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/experience.h"

#include <algorithm>
#include <cmath>

namespace forewarn::engine {
namespace {

constexpr std::size_t kFewest = 5, kMost = 128;  // applications

}  // namespace

void Experience::Learn(const std::vector<journal::Episode>& episodes) {
  for (const journal::Episode& episode : episodes) {
    for (const journal::Change& change : episode.changes) {
      Learn(episode.fault, change);
      if (change.intended && change.applied) Took(change.actuator, *change.applied - *change.intended);
    }
  }
}

void Experience::Learn(const std::string& fault, const journal::Change& change) {
  using journal::Outcome;
  const bool relieved = change.outcome == Outcome::kRelieved;
  const bool failed = change.outcome == Outcome::kIneffective || change.outcome == Outcome::kHarmful;
  if (change.injection || (!relieved && !failed)) return;
  std::lock_guard lock(mutex_);
  Record& record = records_[{fault, change.actuator}];
  ++(relieved ? record.relieved : record.failed);
}

void Experience::Took(const std::string& actuator, base::Duration duration) {
  std::lock_guard lock(mutex_);
  std::deque<base::Duration>& last = durations_[actuator];
  last.push_back(duration);
  if (last.size() > kMost) last.pop_front();
}

Experience::Belief Experience::Success(const std::string& fault, const std::string& actuator) const {
  std::lock_guard lock(mutex_);
  const auto found = records_.find({fault, actuator});
  const Record record = found == records_.end() ? Record{} : found->second;
  const double a = 1.0 + record.relieved, b = 1.0 + record.failed, sum = a + b;
  return {a / sum, std::sqrt(a * b / (sum * sum * (sum + 1)))};
}

std::optional<base::Duration> Experience::P95(const std::string& actuator) const {
  std::lock_guard lock(mutex_);
  const auto found = durations_.find(actuator);
  if (found == durations_.end() || found->second.size() < kFewest) return std::nullopt;
  std::vector<base::Duration> sorted(found->second.begin(), found->second.end());
  std::sort(sorted.begin(), sorted.end());
  const auto rank = static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(sorted.size())));
  return sorted[rank - 1];
}

}  // namespace forewarn::engine
