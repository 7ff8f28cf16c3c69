// SPDX-License-Identifier: Apache-2.0
#include "predictor/lessons.h"

#include <algorithm>
#include <tuple>

#include "predictor/experiments/value.h"

namespace forewarn::predictor {
namespace {

using confidence::Explained;
using confidence::FaultRecord;

bool IsJudged(const Injection& injection, const Output& output) {
  const auto& predictions = output.predictions;  // by ascending instances
  auto at = std::partition_point(predictions.begin(), predictions.end(),
                                 [&](const Prediction& of) { return of.instance < injection.instance; });
  for (; at != predictions.end() && at->instance == injection.instance; ++at) {
    if (at->fault == injection.fault) return true;
  }
  return false;
}

const Success* FirstTried(const std::vector<Success>& successes, const std::string& fault) {
  const Success* first = nullptr;
  const auto rank = [](const Success& of) { return std::tuple(of.belief.mean, of.belief.deviation); };
  for (const Success& success : successes) {
    if (success.fault == fault && (!first || rank(success) > rank(*first))) first = &success;
  }
  return first;
}

// What is predicted at less than half of the lowest threshold is calm, so that few predictions have to be looked up.
std::vector<float> UnrestOf(const Experience& experience, const Output& output) {
  double lowest = 1;
  for (const auto& [fault, notify] : experience.notify) lowest = std::min(lowest, notify);
  std::vector<float> unrest(experience.snapshot.instances->size(), 0);
  for (const Prediction& prediction : output.predictions) {
    if (prediction.confidence < lowest / 2) continue;
    const auto notify = experience.notify.find(prediction.fault);
    if (notify == experience.notify.end()) continue;
    float& highest = unrest[prediction.instance];
    highest = std::max(highest, static_cast<float>(prediction.confidence / notify->second));
  }
  for (std::uint32_t i = 0; i < unrest.size(); ++i) {
    if (experience.circumstances.Of(i) != confidence::Standing::kFree) unrest[i] = 1;
  }
  return unrest;
}

}  // namespace

void Recognise(const std::vector<Injection>& injections, const std::vector<std::int32_t>& explanations,
               const Output& output, confidence::Scorekeeper& scorekeeper) {
  const auto& faults = scorekeeper.faults();
  for (const Injection& injection : injections) {
    const auto known = std::find_if(faults.begin(), faults.end(),
                                    [&](const FaultRecord& record) { return record.terms.fault == injection.fault; });
    if (known == faults.end() || injection.instance >= explanations.size()) continue;
    const auto fault = known - faults.begin();
    const auto best = explanations[injection.instance];
    Explained explained = best < 0 ? Explained::kNothing : best == fault ? Explained::kRight : Explained::kWrong;
    if (!IsJudged(injection, output)) explained = Explained::kUnjudged;
    scorekeeper.Inject(static_cast<std::size_t>(fault), injection.instance, explained);
  }
}

std::vector<ExperimentValue> WorthOf(const Experience& experience, const Output& output) {
  std::vector<experiments::Lesson> lessons;
  if (!experience.circumstances.known) return {};
  for (std::size_t i = 0; i < experience.judges.size(); ++i) {
    const knowledge::Signature& signature = experience.judges[i].signature();
    const Success* success = FirstTried(experience.circumstances.successes, signature.fault);
    if (success) lessons.push_back({&signature, experience.scorekeeper.faults()[i].Accuracy(), success->belief});
  }
  if (lessons.empty()) return {};
  const auto unrest = UnrestOf(experience, output);
  std::vector<ExperimentValue> values;
  for (const auto& [instance, lesson, value] :
       experiments::MostWorth(lessons, {experience.snapshot, output.signals, unrest})) {
    values.push_back({instance, lessons[lesson].signature->fault, value});
  }
  return values;
}

}  // namespace forewarn::predictor
