// SPDX-License-Identifier: Apache-2.0
#include "predictor/knowledge/signature.h"

#include <array>

#include "common/config/yaml.h"

namespace forewarn::knowledge {
namespace {

using config::Map;
using config::Node;

constexpr std::array kConditions = {Condition::kRising, Condition::kFalling, Condition::kHigh, Condition::kLow,
                                    Condition::kNormal};

Condition DecodeCondition(const Node& node) {
  const std::string text = node.String();
  for (const Condition condition : kConditions) {
    if (text == Name(condition)) return condition;
  }
  node.Fail("not a condition: rising, falling, high, low or normal");
  return Condition::kNormal;
}

Symptom DecodeSymptom(const Map& map) {
  Symptom symptom;
  symptom.signal = map.String("signal");
  if (symptom.signal.empty()) map.Fail("a symptom needs a signal");
  if (const auto is = map.Require("is")) symptom.is = DecodeCondition(*is);
  symptom.weight = map.Number("weight", 1);
  if (symptom.weight <= 0) map.Fail("weight: not above 0");
  return symptom;
}

std::vector<Symptom> DecodeSymptoms(const Map& map, std::string_view key) {
  std::vector<Symptom> symptoms;
  if (const auto list = map.Find(key)) {
    for (const Node& item : list->Items()) symptoms.push_back(DecodeSymptom(item.AsMap()));
  }
  return symptoms;
}

Manifestation DecodeManifestation(const Map& map) {
  Manifestation manifestation;
  manifestation.signal = map.String("signal");
  if (manifestation.signal.empty()) map.Fail("a manifestation needs a signal");
  const auto above = map.Find("above"), below = map.Find("below");
  if (above.has_value() == below.has_value()) map.Fail("a manifestation has either above or below");
  if (above) manifestation.limit = above->Number();
  if (below) manifestation.limit = below->Number(), manifestation.direction = -1;
  return manifestation;
}

Example DecodeExample(const Node& node) {
  const Map map = node.AsMap();
  Example example;
  example.where = node.Where();
  if (const auto match = map.Require("match")) example.match = match->Bool();
  if (const auto given = map.Require("given")) {
    for (const auto& [signal, state] : given->Entries()) example.given.emplace_back(signal, DecodeCondition(state));
  }
  return example;
}

Signature DecodeSignature(const Map& map) {
  Signature signature;
  signature.fault = map.String("fault");
  if (signature.fault.empty()) map.Fail("a signature needs a fault");
  signature.horizon = base::ToSeconds(map.Duration("horizon", base::Duration::zero()));
  if (signature.horizon <= 0) map.Fail("horizon: a signature needs one, above 0");
  signature.prior_accuracy = map.Number("prior_accuracy", 0.5);
  if (!(signature.prior_accuracy > 0 && signature.prior_accuracy <= 1))
    map.Fail("prior_accuracy: not above 0 and at most 1");
  signature.runbook = map.String("runbook");
  if (const auto manifestation = map.Require("manifestation")) {
    signature.manifestation = DecodeManifestation(manifestation->AsMap());
  }
  signature.symptoms = DecodeSymptoms(map, "symptoms");
  if (signature.symptoms.empty()) map.Fail("symptoms: a signature needs at least one");
  signature.unless = DecodeSymptoms(map, "unless");
  if (const auto examples = map.Find("examples")) {
    for (const Node& item : examples->Items()) signature.examples.push_back(DecodeExample(item));
  }
  return signature;
}

}  // namespace

const char* Name(Condition condition) {
  switch (condition) {
    case Condition::kRising:
      return "rising";
    case Condition::kFalling:
      return "falling";
    case Condition::kHigh:
      return "high";
    case Condition::kLow:
      return "low";
    case Condition::kNormal:
      return "normal";
  }
  return "normal";
}

base::Result<Signature> ParseSignature(const std::string& name, std::string_view text) {
  auto document = config::Document::Parse(name, text);
  if (!document) return document.error();
  Signature signature = DecodeSignature(document->Root().AsMap());
  if (auto finished = document->Finish(); !finished) return finished.error();
  return signature;
}

}  // namespace forewarn::knowledge
