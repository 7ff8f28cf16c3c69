// SPDX-License-Identifier: Apache-2.0
#include "predictor/foretold.h"

#include <algorithm>

namespace forewarn::predictor {
namespace {

constexpr double kNever = -1e18;  // s since the epoch

double& At(std::vector<double>& times, std::uint32_t instance) {
  if (instance >= times.size()) times.resize(instance + 1, kNever);
  return times[instance];
}

}  // namespace

// In an earlier tick, and not over.
bool Foretold::OtherBefore(const Terms& terms, const Prediction& prediction) const {
  return std::any_of(last_.begin(), last_.end(), [&](const auto& of_fault) {
    const auto& [fault, times] = of_fault;
    if (fault == prediction.fault || prediction.instance >= times.size()) return false;
    const double last = times[prediction.instance];
    return last < terms.time && terms.time - last <= kTicks * terms.tick;
  });
}

void Foretold::Raise(const Terms& terms, const Prediction& prediction) {
  double& last = At(last_[prediction.fault], prediction.instance);
  const bool news = terms.time - last > kTicks * terms.tick;
  if (news) {
    const double score = (OtherBefore(terms, prediction) ? kFurther : kScore) + prediction.confidence;
    double& raised = raised_[prediction.instance];
    raised = std::max(raised, score);
  }
  last = terms.time;
}

void Foretold::Raise(const Terms& terms, Output& output) {
  raised_.assign(raised_.size(), 0);
  for (const auto& prediction : output.predictions) {
    const auto notify = terms.notify.find(prediction.fault);
    if (notify == terms.notify.end() || prediction.confidence < notify->second) continue;
    if (prediction.instance >= raised_.size()) raised_.resize(prediction.instance + 1, 0);
    Raise(terms, prediction);
  }
  for (auto& state : output.instances) {
    if (state.instance < raised_.size()) state.score = std::max(state.score, raised_[state.instance]);
  }
}

void Foretold::Save(detectors::Archive& archive) const {
  archive.Put<std::uint64_t>(last_.size());
  for (const auto& [fault, times] : last_) {
    archive.PutText(fault);
    archive.PutInstances(times);
  }
}

base::Result<void> Foretold::Restore(detectors::Archive& archive) {
  std::uint64_t faults = 0;
  if (auto taken = archive.Take(faults); !taken) return taken;
  last_.clear();
  for (std::uint64_t i = 0; i < faults; ++i) {
    std::string fault;
    if (auto taken = archive.TakeText(fault); !taken) return taken;
    if (auto taken = archive.TakeInstances(last_[fault]); !taken) return taken;
  }
  return {};
}

}  // namespace forewarn::predictor
