// SPDX-License-Identifier: Apache-2.0
#include "predictor/foretold.h"

#include <algorithm>

#include "predictor/judge.h"

namespace forewarn::predictor {
namespace {

bool IsJudged(const std::vector<detectors::InstanceAnomaly>& whole, std::uint32_t instance) {
  return instance < whole.size() && !telemetry::IsMissing(whole[instance].score);
}

}  // namespace

bool Foretold::OtherBefore(const Terms& terms, const Prediction& prediction, double since) const {
  return std::any_of(told_.begin(), told_.end(), [&](const auto& of_fault) {
    const auto& [fault, told] = of_fault;
    if (fault == prediction.fault || prediction.instance >= told.size()) return false;
    const Told& other = told[prediction.instance];
    return other.since < since && terms.time - other.last <= kCauseTicks * terms.tick;
  });
}

void Foretold::Raise(const Terms& terms, const Prediction& prediction) {
  auto& of_fault = told_[prediction.fault];
  if (prediction.instance >= of_fault.size()) of_fault.resize(prediction.instance + 1);
  Told& told = of_fault[prediction.instance];
  const bool begins = terms.time - told.last > kTicks * terms.tick;
  if (begins) told.since = terms.time;
  if (begins || prediction.confidence >= told.confidence + kSurer) {
    told.confidence = prediction.confidence;
    const double score = OtherBefore(terms, prediction, told.since) ? kFurther : kScore;
    double& raised = raised_[prediction.instance];
    raised = std::max(raised, score + prediction.confidence);
  }
  told.last = terms.time;
}

void Foretold::Raise(const Terms& terms, Output& output) {
  raised_.assign(raised_.size(), 0);
  for (const auto& prediction : output.predictions) {
    const auto notify = terms.notify.find(prediction.fault);
    if (notify == terms.notify.end() || prediction.confidence < notify->second) continue;
    if (prediction.fault == UnknownJudge::kFault && IsJudged(terms.whole, prediction.instance)) continue;
    if (prediction.instance >= raised_.size()) raised_.resize(prediction.instance + 1, 0);
    Raise(terms, prediction);
  }
  Join(output.instances);
}

// Who is too young for a score of its own has one where its fault is foretold surely enough.
void Foretold::Join(std::vector<InstanceState>& states) const {
  for (std::uint32_t instance = 0; instance < raised_.size(); ++instance) {
    const double score = raised_[instance];
    if (score == 0) continue;
    const auto place =
        std::lower_bound(states.begin(), states.end(), instance,
                         [](const InstanceState& state, std::uint32_t slot) { return state.instance < slot; });
    if (place != states.end() && place->instance == instance) {
      place->score = std::max(place->score, score);
    } else if (score - (score > kScore ? kScore : kFurther) >= kYoungSure) {
      states.insert(place, {instance, score});
    }
  }
}

void Foretold::Save(detectors::Archive& archive) const {
  archive.Put<std::uint64_t>(told_.size());
  for (const auto& [fault, told] : told_) {
    archive.PutText(fault);
    archive.PutInstances(told);
  }
}

base::Result<void> Foretold::Restore(detectors::Archive& archive) {
  std::uint64_t faults = 0;
  if (auto taken = archive.Take(faults); !taken) return taken;
  told_.clear();
  for (std::uint64_t i = 0; i < faults; ++i) {
    std::string fault;
    if (auto taken = archive.TakeText(fault); !taken) return taken;
    if (auto taken = archive.TakeInstances(told_[fault]); !taken) return taken;
  }
  return {};
}

}  // namespace forewarn::predictor
