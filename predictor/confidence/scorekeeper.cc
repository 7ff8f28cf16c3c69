// SPDX-License-Identifier: Apache-2.0
#include "predictor/confidence/scorekeeper.h"

#include <algorithm>

namespace forewarn::confidence {
namespace {

constexpr std::uint32_t kVersion = 2;

}  // namespace

void LeadTimes::Add(double lead) {
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), lead);
  ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
  sum += lead;
}

void Scorekeeper::SetFaults(std::vector<FaultTerms> faults) {
  std::vector<FaultRecord> records;
  for (FaultTerms& terms : faults) {
    const auto known = std::find_if(faults_.begin(), faults_.end(),
                                    [&](const FaultRecord& record) { return record.terms.fault == terms.fault; });
    FaultRecord record;
    const bool same = known != faults_.end() && known->terms.prior_accuracy == terms.prior_accuracy;
    if (known != faults_.end()) record = std::move(*known);
    if (!same) record.calibration = Calibration(terms.prior_accuracy);
    if (!same) record.recognition.Forget();
    record.terms = std::move(terms);
    records.push_back(std::move(record));
  }
  faults_ = std::move(records);
}

void Scorekeeper::Begin(double time, double tick) {
  time_ = time;
  tick_ = tick;
  for (FaultRecord& record : faults_) {
    record.watcher.Begin({time, tick, record.terms.horizon, record.terms.notify});
    record.recognition.Begin(time, record.terms.horizon);
  }
}

double Scorekeeper::Publish(std::size_t fault, Sight sight) {
  FaultRecord& record = faults_[fault];
  sight.confidence = record.calibration.Of(sight.raw);
  if (sight.manifested || record.watcher.Manifesting(sight.instance)) {
    sight.confidence = std::max(sight.confidence, sight.raw);
  }
  record.watcher.See(sight);
  return sight.confidence;
}

void Scorekeeper::Inject(std::size_t fault, std::uint32_t instance, Explained explained) {
  faults_[fault].recognition.See(instance, explained);
}

void Scorekeeper::Count(FaultRecord& record, const Resolved& resolved) {
  const auto outcome = static_cast<std::size_t>(resolved.outcome);
  if (resolved.kind == Resolved::Kind::kEpisode) {
    ++record.episodes[outcome];
    if (resolved.outcome == Outcome::kHit) record.leads.Add(resolved.decided - resolved.opened);
    return;
  }
  ++record.samples[outcome];
  if (resolved.outcome == Outcome::kMitigated) record.calibration.Censor(resolved.raw);
  if (resolved.outcome != Outcome::kHit && resolved.outcome != Outcome::kFalseAlarm) return;
  const bool hit = resolved.outcome == Outcome::kHit;
  record.calibration.Learn({resolved.raw, hit});
  if (!record.calibration.IsFrozen(resolved.raw)) record.reliability.Add({resolved.confidence, hit});
}

void Scorekeeper::End() {
  for (FaultRecord& record : faults_) {
    for (const Resolved& resolved : record.watcher.End()) Count(record, resolved);
    record.recognition.End();
    record.calibration.Refresh(time_, std::max(record.terms.horizon, 2 * tick_));
  }
}

void Scorekeeper::Save(detectors::Archive& archive) const {
  archive.Put(kVersion);
  archive.Put<std::uint64_t>(faults_.size());
  for (const FaultRecord& record : faults_) {
    archive.PutText(record.terms.fault);
    archive.Put(record.terms.prior_accuracy);
    archive.Put(record.episodes);
    archive.Put(record.samples);
    archive.Put(record.leads);
    record.calibration.Save(archive);
    record.reliability.Save(archive);
    record.watcher.Save(archive);
    record.recognition.Save(archive);
  }
}

base::Result<void> Scorekeeper::Restore(detectors::Archive& archive) {
  std::uint32_t version = 0;
  std::uint64_t count = 0;
  auto taken = archive.Take(version);
  if (taken && version != kVersion) {
    taken = base::Error{base::ErrorCode::kInvalid, "the saved scores are of another version"};
  }
  if (taken) taken = archive.Take(count);
  for (std::uint64_t i = 0; taken && i < count; ++i) taken = TakeRecord(archive);
  if (taken) return taken;
  for (FaultRecord& record : faults_) {
    FaultRecord fresh;
    fresh.terms = std::move(record.terms);
    fresh.calibration = Calibration(fresh.terms.prior_accuracy);
    record = std::move(fresh);
  }
  return taken;
}

base::Result<void> Scorekeeper::TakeRecord(detectors::Archive& archive) {
  FaultRecord record;
  std::string name;
  auto taken = archive.TakeText(name);
  if (taken) taken = archive.Take(record.terms.prior_accuracy);
  if (taken) taken = archive.Take(record.episodes);
  if (taken) taken = archive.Take(record.samples);
  if (taken) taken = archive.Take(record.leads);
  if (taken) taken = record.calibration.Restore(archive);
  if (taken) taken = record.reliability.Restore(archive);
  if (taken) taken = record.watcher.Restore(archive);
  if (taken) taken = record.recognition.Restore(archive);
  if (!taken) return taken;
  for (FaultRecord& known : faults_) {
    if (known.terms.fault != name) continue;
    if (known.terms.prior_accuracy != record.terms.prior_accuracy) {
      record.calibration = Calibration(known.terms.prior_accuracy);
      record.recognition.Forget();
    }
    record.terms = known.terms;
    known = std::move(record);
    break;
  }
  return {};
}

}  // namespace forewarn::confidence
