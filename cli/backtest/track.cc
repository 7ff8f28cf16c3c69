// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/track.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace forewarn::backtest {
namespace {

using telemetry::IsMissing;
using telemetry::kMissing;

constexpr double kGapSteps = 12, kCapSteps = 60, kSilenceSteps = 10;

}  // namespace

void Count::Add(const Count& other) {
  windows += other.windows;
  detected += other.detected;
  false_alarms += other.false_alarms;
  mitigated += other.mitigated;
  leads.insert(leads.end(), other.leads.begin(), other.leads.end());
  early.insert(early.end(), other.early.begin(), other.early.end());
  delays.insert(delays.end(), other.delays.begin(), other.delays.end());
}

void Totals::Add(const Totals& other) {
  counts.resize(std::max(counts.size(), other.counts.size()));
  for (std::size_t i = 0; i < other.counts.size(); ++i) counts[i].Add(other.counts[i]);
  for (const auto& [pair, windows] : other.confusion) confusion[pair] += windows;
  instances += other.instances;
  days += other.days;
}

// A fault that the predictor has no name for is one that it should call unknown, the last.
Track::Track(const std::vector<Rule>& rules, const std::vector<std::string>& faults, Ground ground)
    : rules_(rules), ground_(std::move(ground)), faults_(faults.size()), last_(kMissing) {
  for (const auto& label : ground_.labels) {
    const auto found = std::find(faults.begin(), faults.end() - 1, label.fault_type);
    windows_.push_back({label.fault_type.empty() ? kUntyped : static_cast<std::size_t>(found - faults.begin())});
  }
  alarms_.resize(rules.size());
  for (auto& alarms : alarms_) {
    alarms.first.assign(windows_.size(), kMissing);
    alarms.began = alarms.last = kMissing;
  }
  for (const auto& rule : rules) {
    for (const double threshold : rule.thresholds) lowest_ = std::min(lowest_, threshold);
  }
}

bool Track::Quiet(const Verdicts& verdicts, std::uint32_t instance) const {
  if (verdicts.Score(instance) >= 1) return false;
  for (std::size_t fault = 0; fault < faults_; ++fault) {
    if (verdicts.Confidence(instance, fault) >= lowest_) return false;
  }
  return true;
}

void Track::Add(double time, const Verdicts& verdicts, std::uint32_t instance, confidence::Standing standing) {
  using confidence::Standing;
  if (time < ground_.scored_from) return;
  if (standing == Standing::kMasked || standing == Standing::kUnknown) {
    last_ = kMissing;
    return;
  }
  const bool mitigated = standing == Standing::kMitigated;
  Observe(time, mitigated);
  if (mitigated) Mitigate(time);
  if (Quiet(verdicts, instance)) return;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].Alarms(verdicts, instance)) Alarm(rules_[i], time, alarms_[i]);
  }
  if (mitigated) Mitigate(time);
  if (verdicts.Score(instance) >= 1) Name(time, verdicts, instance);
}

// Under a mitigation no alarm can be false, so that its time is not one to be without them.
void Track::Observe(double time, bool mitigated) {
  if (!IsMissing(last_) && !mitigated) seconds_ += std::min(time - last_, kSilenceSteps * ground_.step);
  last_ = mitigated ? kMissing : time;
  while (over_ < windows_.size() && ground_.labels[over_].end + kGapSteps * ground_.step < time) ++over_;
  for (std::size_t w = over_; w < windows_.size() && ground_.labels[w].start <= time; ++w) {
    if (time > ground_.labels[w].end) continue;
    windows_[w].seen = true;
    windows_[w].mitigated = windows_[w].mitigated || mitigated;
  }
}

// Takes back the false alarm that is on, or was lately: before a tick's own alarms, and after them.
void Track::Mitigate(double time) {
  for (Alarms& alarms : alarms_) {
    if (alarms.mitigated || !(time - alarms.last <= kGapSteps * ground_.step)) continue;
    --alarms.Charged();
    alarms.mitigated = true;
    ++alarms.Charged();
  }
}

void Track::Alarm(const Rule& rule, double time, Alarms& alarms) {
  const double gap = kGapSteps * ground_.step;
  bool excused = false;
  for (std::size_t w = over_; w < windows_.size() && ground_.labels[w].start <= time; ++w) {
    const bool other = rule.fault && windows_[w].fault != kUntyped && windows_[w].fault != *rule.fault;
    if (other || !windows_[w].seen || time > ground_.labels[w].end + gap) continue;
    excused = true;
    const bool detects = time <= ground_.labels[w].end && !windows_[w].mitigated;
    if (detects && IsMissing(alarms.first[w])) alarms.first[w] = time;
  }
  if (excused) return;
  const bool joins = time - alarms.last <= gap && time - alarms.began < kCapSteps * ground_.step;
  if (!joins) {
    alarms.mitigated = false;
    ++alarms.Charged();
    alarms.began = time;
  }
  alarms.last = time;
}

void Track::Name(double time, const Verdicts& verdicts, std::uint32_t instance) {
  const double score = verdicts.Score(instance);
  for (std::size_t w = over_; w < windows_.size() && ground_.labels[w].start <= time; ++w) {
    if (time > ground_.labels[w].end || windows_[w].mitigated || score <= windows_[w].score) continue;
    auto name = verdicts.NameOf(instance).fault_type;
    if (!name.empty()) std::tie(windows_[w].score, windows_[w].name) = std::tie(score, name);
  }
}

// Of a window and its first alarm, kMissing where there was none.
void Track::Judge(const Label& label, double first, Count& count) const {
  const double onset = label.onset.value_or(label.start);
  const double lead = label.breach && first < *label.breach ? *label.breach - first : 0;
  ++count.windows;
  if (!IsMissing(first)) ++count.detected;
  if (lead > 0) count.leads.push_back(lead);
  if (label.manner == Manner::kGradual && label.breach && *label.breach > onset) {
    count.early.push_back(lead / (*label.breach - onset));
  }
  if (label.manner != Manner::kAbrupt) return;
  count.delays.push_back(IsMissing(first) ? std::numeric_limits<double>::infinity() : (first - onset) / ground_.step);
}

Totals Track::Result() const {
  Totals totals;
  totals.instances = 1;
  totals.days = seconds_ / 86400;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    Count count;
    count.false_alarms = alarms_[i].false_alarms;
    count.mitigated = alarms_[i].censored;
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (!windows_[w].seen || (rules_[i].fault && windows_[w].fault != *rules_[i].fault)) continue;
      const double first = alarms_[i].first[w];
      if (IsMissing(first) && windows_[w].mitigated) {
        ++count.mitigated;
        continue;
      }
      Judge(ground_.labels[w], first, count);
    }
    totals.counts.push_back(std::move(count));
  }
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    const bool missed = IsMissing(alarms_.front().first[w]);
    if (!windows_[w].seen || windows_[w].fault == kUntyped || (missed && windows_[w].mitigated)) continue;
    const std::string& name = windows_[w].name;
    ++totals.confusion[{ground_.labels[w].fault_type, missed ? kMissed : name.empty() ? kUnnamed : name}];
  }
  return totals;
}

}  // namespace forewarn::backtest
