// SPDX-License-Identifier: Apache-2.0
#include "predictor/predictor.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <tuple>

#include "predictor/correlate.h"
#include "predictor/detectors/cadence.h"
#include "predictor/foretold.h"
#include "predictor/incident.h"
#include "predictor/judge.h"
#include "predictor/knowledge/match.h"
#include "predictor/lessons.h"
#include "predictor/signatures.h"
#include "predictor/standout.h"

namespace forewarn::predictor {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using detectors::Archive;
using knowledge::Signature;
using telemetry::IsMissing;
using telemetry::Snapshot;

constexpr std::uint32_t kStateVersion = 6;                     // of what Save puts beside the detectors' own
constexpr double kTrendWindow = 16, kTrendTicks = 16;          // s, ticks
constexpr double kConfidenceMemory = 0.5, kMemoryTicks = 0.5;  // s, ticks
constexpr double kUnknownMemory = 1, kUnknownTicks = 1;        // s, ticks: what no signature knows has to last
constexpr std::uint32_t kBlock = 64;                           // instances
constexpr double kExplains = 0.5;                              // a better match leaves nothing Unknown

// How well one signature explains an instance; the better is the greater.
struct Explanation {
  double match = 0, confidence = 0;
  std::size_t judge = 0;
  bool operator<(const Explanation& other) const {
    return std::tie(match, confidence, judge) < std::tie(other.match, other.confidence, other.judge);
  }
};

}  // namespace

class Predictor::Ensemble {
 public:
  Output& Tick(const Snapshot& snapshot, const Circumstances& circumstances);
  std::vector<std::string> Faults() const;
  Thresholds ThresholdsOf(std::string_view fault) const;
  Result<void> Reconfigure(Settings settings);
  void Save(Archive& archive) const;
  Result<void> Restore(Archive& archive);
  const confidence::Scorekeeper& scorekeeper() const { return scorekeeper_; }

 private:
  Result<void> TakeDetectors(Archive& archive);
  Result<void> TakeMemories(Archive& archive);
  void Forget();
  void Detect(const Snapshot& snapshot);
  struct Block {  // of instance slots
    std::uint32_t first = 0, last = 0;
  };
  void LearnTrends(const Snapshot& snapshot, Block block);
  void SetFaults();
  void JudgeInstance(std::uint32_t instance, const Evaluation& seen, confidence::Standing standing);
  void PublishInstances(const Snapshot& snapshot, const detectors::Mask& masked);
  std::string FaultOf(std::uint32_t instance) const;

  std::vector<detectors::DetectorLine> detectors_ = detectors::BuildDetectors();
  std::map<std::string, Thresholds> thresholds_;
  std::map<std::string, double> notify_, host_notify_;  // confidence; of all signatures' faults, and of a host's
  std::vector<Judge> judges_;
  UnknownJudge unknown_;
  confidence::Scorekeeper scorekeeper_;     // of the faults of judges_, in their order
  std::vector<std::int32_t> explanations_;  // by instance: the judge that explains it best; -1: none
  Incidents incidents_;
  Foretold foretold_;
  Standout standout_;
  std::set<std::string, std::less<>> trended_;  // signals whose trend a signature asks for
  Correlator correlator_;
  detectors::Cadence cadence_;
  std::vector<std::vector<detectors::Trend>> trends_;
  Output output_;
  detectors::AnomalyColumns& anomalies_ = output_.signals;
  std::size_t predicted_ = 0;  // in the last tick
};

// The order of the pipe.
Output& Predictor::Ensemble::Tick(const Snapshot& snapshot, const Circumstances& circumstances) {
  output_.predictions.clear();
  output_.predictions.reserve(predicted_);
  cadence_.Advance(snapshot.time);
  Detect(snapshot);
  const Evaluation seen{snapshot, anomalies_, anomalies_.detector_of, trends_, detectors_};
  for (Judge& judge : judges_) judge.Prepare(seen);
  explanations_.assign(snapshot.instances->size(), -1);
  scorekeeper_.Begin(snapshot.time, cadence_.tick());
  const std::uint32_t instances = snapshot.instances->size();
  for (Block block; block.first < instances; block.first = block.last) {
    block.last = std::min(block.first + kBlock, instances);
    LearnTrends(snapshot, block);
    for (auto instance = block.first; instance < block.last; ++instance) {
      JudgeInstance(instance, seen, circumstances.Of(instance));
    }
  }
  predicted_ = output_.predictions.size();
  if (circumstances.known) Recognise(circumstances.injections, explanations_, output_, scorekeeper_);
  if (circumstances.known) scorekeeper_.End();
  correlator_.Correlate({snapshot.time, cadence_.tick(), host_notify_, circumstances.hypervisors, circumstances.masked},
                        output_);
  const detectors::Mask everything(circumstances.known ? 0 : snapshot.instances->size(), true);
  const auto& masked = circumstances.known ? circumstances.masked : everything;
  PublishInstances(snapshot, masked);
  for (auto& line : detectors_) line.detector->Learn(snapshot, masked);
  output_.experiments = WorthOf({snapshot, circumstances, judges_, scorekeeper_, notify_}, output_);
  return output_;
}

// Each value's anomaly is that of the detector to which it is the strangest.
void Predictor::Ensemble::Detect(const Snapshot& snapshot) {
  anomalies_.Clear(snapshot);
  for (std::size_t d = 0; d < detectors_.size(); ++d) {
    anomalies_.speaker = static_cast<std::uint8_t>(d);
    detectors_[d].detector->Score(snapshot, anomalies_);
  }
}

// Of as many instances as stay in the processor's cache until they are judged.
void Predictor::Ensemble::LearnTrends(const Snapshot& snapshot, Block block) {
  const double window = cadence_.Window(kTrendWindow, kTrendTicks);
  trends_.resize(snapshot.columns.size());
  for (std::uint32_t s = 0; s < snapshot.columns.size(); ++s) {
    if (!trended_.contains(snapshot.signals->NameOf(s))) continue;
    const auto& values = snapshot.columns[s];
    if (trends_[s].size() < values.size()) trends_[s].resize(values.size());
    for (std::size_t i = block.first; i < std::min<std::size_t>(block.last, values.size()); ++i) {
      if (!IsMissing(values[i])) trends_[s][i].Learn(snapshot.time, values[i], window);
    }
  }
}

void Predictor::Ensemble::JudgeInstance(std::uint32_t instance, const Evaluation& seen, confidence::Standing standing) {
  const double memory = cadence_.Window(kConfidenceMemory, kMemoryTicks);
  Explanation best;
  for (std::size_t i = 0; i < judges_.size(); ++i) {
    auto prediction = judges_[i].Of(instance, seen, memory);
    best = std::max(best, {judges_[i].match(), prediction ? prediction->confidence : 0, i});
    if (!prediction) continue;
    prediction->confidence =
        scorekeeper_.Publish(i, {instance, prediction->confidence, 0, prediction->manifested, standing});
    output_.predictions.push_back(std::move(*prediction));
  }
  const bool explained = best.match > kExplains;
  if (explained) explanations_[instance] = static_cast<std::int32_t>(best.judge);
  const double patience = cadence_.Window(kUnknownMemory, kUnknownTicks);
  if (auto prediction = unknown_.Of(instance, seen, explained ? 1 : best.match, patience))
    output_.predictions.push_back(std::move(*prediction));
}

void Predictor::Ensemble::PublishInstances(const Snapshot& snapshot, const detectors::Mask& masked) {
  output_.instances = incidents_.Tick(snapshot, masked);
  standout_.Judge(anomalies_.instances, explanations_, output_.instances);
  foretold_.Raise({snapshot.time, cadence_.tick(), notify_, anomalies_.instances}, output_);
  for (auto& state : output_.instances) state.fault = FaultOf(state.instance);
}

std::string Predictor::Ensemble::FaultOf(std::uint32_t instance) const {
  const auto judge = instance < explanations_.size() ? explanations_[instance] : -1;
  return judge < 0 ? UnknownJudge::kFault : judges_[static_cast<std::size_t>(judge)].signature().fault;
}

std::vector<std::string> Predictor::Ensemble::Faults() const {
  std::vector<std::string> faults;
  for (const Judge& judge : judges_) faults.push_back(judge.signature().fault);
  faults.emplace_back(UnknownJudge::kFault);
  return faults;
}

Thresholds Predictor::Ensemble::ThresholdsOf(std::string_view fault) const {
  const auto own = thresholds_.find(std::string(fault));
  if (own != thresholds_.end()) return own->second;
  const auto otherwise = thresholds_.find("default");
  return otherwise != thresholds_.end() ? otherwise->second : Thresholds{};
}

Result<void> Predictor::Ensemble::Reconfigure(Settings settings) {
  auto signatures = ReadSignatures(settings);
  if (!signatures) return signatures.error();
  judges_.clear();
  trended_.clear();
  for (Signature& signature : *signatures) {
    for (auto& signal : knowledge::Trended(signature)) trended_.insert(std::move(signal));
    judges_.emplace_back(std::move(signature));
  }
  thresholds_ = std::move(settings.thresholds);
  SetFaults();
  return {};
}

void Predictor::Ensemble::SetFaults() {
  std::vector<confidence::FaultTerms> faults;
  notify_.clear();
  host_notify_.clear();
  for (const Judge& judge : judges_) {
    const Signature& signature = judge.signature();
    const double notify = notify_[signature.fault] = ThresholdsOf(signature.fault).notify;
    if (signature.scope == knowledge::Scope::kHost) host_notify_[signature.fault] = notify;
    faults.push_back({signature.fault, signature.horizon, notify, signature.prior_accuracy});
  }
  notify_[UnknownJudge::kFault] = ThresholdsOf(UnknownJudge::kFault).notify;
  scorekeeper_.SetFaults(std::move(faults));
}

void Predictor::Ensemble::Save(Archive& archive) const {
  archive.Put(kStateVersion);
  archive.Put<std::uint64_t>(detectors_.size());
  for (const auto& line : detectors_) {
    archive.PutText(line.name);
    line.detector->Save(archive);
  }
  archive.Put(cadence_);
  archive.PutColumns(trends_);
  archive.Put<std::uint64_t>(judges_.size());
  for (const Judge& judge : judges_) {
    archive.PutText(judge.signature().fault);
    judge.memory().Save(archive);
  }
  unknown_.memory().Save(archive);
  scorekeeper_.Save(archive);
  incidents_.Save(archive);
  foretold_.Save(archive);
  standout_.Save(archive);
}

// All or nothing: parts of different ages would contradict each other.
Result<void> Predictor::Ensemble::Restore(Archive& archive) {
  std::uint32_t version = 0;
  auto taken = archive.Take(version);
  if (taken && version != kStateVersion)
    taken = Error{ErrorCode::kInvalid, "the saved predictor is of another version"};
  if (taken) taken = TakeDetectors(archive);
  if (taken) taken = archive.Take(cadence_);
  if (taken) taken = archive.TakeColumns(trends_);
  if (taken) taken = TakeMemories(archive);
  if (taken) taken = scorekeeper_.Restore(archive);
  if (taken) taken = incidents_.Restore(archive);
  if (taken) taken = foretold_.Restore(archive);
  if (taken) taken = standout_.Restore(archive);
  if (taken && !archive.AtEnd()) taken = Error{ErrorCode::kInvalid, "the saved predictor knows more"};
  if (!taken) Forget();
  return taken;
}

Result<void> Predictor::Ensemble::TakeDetectors(Archive& archive) {
  std::uint64_t count = 0;
  if (auto taken = archive.Take(count); !taken) return taken;
  if (count != detectors_.size()) return Error{ErrorCode::kInvalid, "the saved predictor has other detectors"};
  for (auto& line : detectors_) {
    std::string name;
    if (auto taken = archive.TakeText(name); !taken) return taken;
    if (name != line.name) return Error{ErrorCode::kInvalid, "the saved predictor has other detectors"};
    if (auto restored = line.detector->Restore(archive); !restored) return restored;
  }
  return {};
}

// A fault that there is no longer is passed over, a new one begins without a memory.
Result<void> Predictor::Ensemble::TakeMemories(Archive& archive) {
  std::uint64_t faults = 0;
  if (auto taken = archive.Take(faults); !taken) return taken;
  for (std::uint64_t i = 0; i < faults; ++i) {
    std::string fault;
    confidence::Smoother memory;
    if (auto taken = archive.TakeText(fault); !taken) return taken;
    if (auto taken = memory.Restore(archive); !taken) return taken;
    const auto judge =
        std::find_if(judges_.begin(), judges_.end(), [&](const Judge& of) { return of.signature().fault == fault; });
    if (judge != judges_.end()) judge->memory() = std::move(memory);
  }
  return unknown_.memory().Restore(archive);
}

void Predictor::Ensemble::Forget() {
  detectors_ = detectors::BuildDetectors();
  cadence_ = {};
  trends_.clear();
  for (Judge& judge : judges_) judge.memory() = {};
  unknown_.memory() = {};
  scorekeeper_ = {};
  SetFaults();
  incidents_ = {};
  foretold_ = {};
  standout_ = {};
}

Predictor::Predictor(std::unique_ptr<Ensemble> ensemble) : ensemble_(std::move(ensemble)) {}
Predictor::~Predictor() = default;

Result<std::unique_ptr<Predictor>> Predictor::Create(Settings settings) {
  auto ensemble = std::make_unique<Ensemble>();
  if (auto configured = ensemble->Reconfigure(std::move(settings)); !configured) return configured.error();
  return std::unique_ptr<Predictor>(new Predictor(std::move(ensemble)));
}

Output& Predictor::Tick(const Snapshot& snapshot, const Circumstances& circumstances) {
  return ensemble_->Tick(snapshot, circumstances);
}

std::vector<std::string> Predictor::Faults() const { return ensemble_->Faults(); }

Thresholds Predictor::ThresholdsOf(std::string_view fault) const { return ensemble_->ThresholdsOf(fault); }

const confidence::Scorekeeper& Predictor::scorekeeper() const { return ensemble_->scorekeeper(); }

Result<void> Predictor::Reconfigure(Settings settings) { return ensemble_->Reconfigure(std::move(settings)); }

void Predictor::Save(Archive& archive) const { ensemble_->Save(archive); }

Result<void> Predictor::Restore(Archive& archive) { return ensemble_->Restore(archive); }

}  // namespace forewarn::predictor
