// SPDX-License-Identifier: Apache-2.0
#include "predictor/knowledge/signature.h"

#include <algorithm>
#include <array>

#include "common/config/yaml.h"

namespace forewarn::knowledge {
namespace {

using config::Map;
using config::Node;

constexpr std::array<std::pair<Condition, const char*>, 10> kConditions = {{{Condition::kRising, "rising"},
                                                                            {Condition::kFalling, "falling"},
                                                                            {Condition::kHigh, "high"},
                                                                            {Condition::kLow, "low"},
                                                                            {Condition::kNormal, "normal"},
                                                                            {Condition::kUp, "up"},
                                                                            {Condition::kDown, "down"},
                                                                            {Condition::kAbove, "above"},
                                                                            {Condition::kBelow, "below"},
                                                                            {Condition::kMissing, "missing"}}};

Condition DecodeCondition(const Node& node) {
  const std::string text = node.String();
  for (const auto& [condition, name] : kConditions) {
    if (text == name) return condition;
  }
  node.Fail("not a condition: rising, falling, high, low, normal, up, down, above, below or missing");
  return Condition::kNormal;
}

// Reads into a signature, which knows the signals that were named before.
class Decoder {
 public:
  explicit Decoder(Signature& signature) : signature_(signature) {}
  void Decode(const Map& map);

 private:
  std::uint32_t DecodeSignal(const Map& map);
  Clause DecodeClause(const Map& map);
  Symptom DecodeSymptom(const Map& map);
  Manifestation DecodeManifestation(const Map& map);
  Example DecodeExample(const Node& node);
  void DecodeLists(const Map& map);

  Signature& signature_;
};

std::uint32_t Decoder::DecodeSignal(const Map& map) {
  const std::string signal = map.String("signal");
  if (signal.empty()) map.Fail("needs a signal");
  auto& signals = signature_.signals;
  const auto known = std::find(signals.begin(), signals.end(), signal);
  const auto index = static_cast<std::uint32_t>(known - signals.begin());
  if (known == signals.end()) signals.push_back(signal);
  return index;
}

Clause Decoder::DecodeClause(const Map& map) {
  Clause clause;
  clause.signal = DecodeSignal(map);
  if (const auto is = map.Require("is")) clause.is = DecodeCondition(*is);
  const auto at_least = map.Find("at_least"), at_most = map.Find("at_most");
  if (at_least) clause.at_least = at_least->Number();
  if (at_most) clause.at_most = at_most->Number();
  const bool bounded = clause.is != Condition::kNormal && clause.is != Condition::kMissing;
  if (!bounded && (at_least || at_most)) map.Fail("what is normal or missing has no bounds");
  if (const auto times = map.Find("times")) {
    clause.times = times->Number();
    if (clause.times < 1) map.Fail("times: below 1");
    if (clause.is != Condition::kHigh) map.Fail("only what is high has times");
  }
  if (clause.is == Condition::kAbove && !at_least) map.Fail("above needs at_least");
  if (clause.is == Condition::kBelow && !at_most) map.Fail("below needs at_most");
  if (clause.at_least > clause.at_most) map.Fail("at_least is more than at_most");
  return clause;
}

Symptom Decoder::DecodeSymptom(const Map& map) {
  Symptom symptom;
  symptom.weight = map.Number("weight", 1);
  if (symptom.weight <= 0) map.Fail("weight: not above 0");
  if (const auto any = map.Find("any")) {
    for (const Node& item : any->Items()) symptom.any.push_back(DecodeClause(item.AsMap()));
    if (symptom.any.empty()) any->Fail("a symptom needs at least one signal");
  } else {
    symptom.any.push_back(DecodeClause(map));
  }
  return symptom;
}

Manifestation Decoder::DecodeManifestation(const Map& map) {
  Manifestation manifestation;
  manifestation.signal = DecodeSignal(map);
  const auto above = map.Find("above"), below = map.Find("below"), relative = map.Find("above_normal");
  if (above.has_value() + below.has_value() + relative.has_value() != 1)
    map.Fail("a manifestation has one of above, below and above_normal");
  if (above) manifestation.limit = above->Number();
  if (below) manifestation.limit = below->Number(), manifestation.direction = -1;
  if (!relative) return manifestation;
  manifestation.factor = relative->Number();
  if (manifestation.factor <= 1) relative->Fail("a multiple of what is normal: above 1");
  const auto at_least = map.Require("at_least");  // four times nearly nothing is nothing
  if (at_least) manifestation.limit = at_least->Number();
  return manifestation;
}

Example Decoder::DecodeExample(const Node& node) {
  const Map map = node.AsMap();
  Example example;
  example.where = node.Where();
  if (const auto match = map.Require("match")) example.match = match->Bool();
  const auto given = map.Require("given");
  if (!given) return example;
  for (const auto& [signal, state] : given->Entries()) example.given.emplace_back(signal, DecodeCondition(state));
  return example;
}

void Decoder::DecodeLists(const Map& map) {
  if (const auto manifestation = map.Require("manifestation")) {
    const auto items = manifestation->IsSequence() ? manifestation->Items() : std::vector<Node>{*manifestation};
    for (const Node& item : items) signature_.manifestations.push_back(DecodeManifestation(item.AsMap()));
    if (items.empty()) manifestation->Fail("a signature needs at least one");
  }
  const auto list = [&map](std::string_view key) {
    const auto node = map.Find(key);
    return node ? node->Items() : std::vector<Node>();
  };
  for (const Node& item : list("symptoms")) signature_.symptoms.push_back(DecodeSymptom(item.AsMap()));
  if (signature_.symptoms.empty()) map.Fail("symptoms: a signature needs at least one");
  for (const Node& item : list("unless")) signature_.unless.push_back(DecodeClause(item.AsMap()));
  for (const Node& item : list("doubt")) signature_.doubt.push_back(DecodeClause(item.AsMap()));
  for (const Node& item : list("examples")) signature_.examples.push_back(DecodeExample(item));
}

void Decoder::Decode(const Map& map) {
  signature_.fault = map.String("fault");
  if (signature_.fault.empty()) map.Fail("a signature needs a fault");
  signature_.horizon = base::ToSeconds(map.Duration("horizon", base::Duration::zero()));
  if (signature_.horizon <= 0) map.Fail("horizon: a signature needs one, above 0");
  signature_.prior_accuracy = map.Number("prior_accuracy", 0.5);
  if (!(signature_.prior_accuracy > 0 && signature_.prior_accuracy <= 1))
    map.Fail("prior_accuracy: not above 0 and at most 1");
  const std::string scope = map.String("scope", "instance");
  if (scope != "instance" && scope != "host") map.Find("scope")->Fail("not a scope: instance or host");
  signature_.scope = scope == "host" ? Scope::kHost : Scope::kInstance;
  signature_.runbook = map.String("runbook");
  DecodeLists(map);
}

bool AsksForTrend(const Clause& clause) {
  return clause.is == Condition::kRising || clause.is == Condition::kFalling || clause.is == Condition::kUp ||
         clause.is == Condition::kDown || clause.is == Condition::kMissing;
}

}  // namespace

const char* Name(Condition condition) { return kConditions[static_cast<std::size_t>(condition)].second; }

double LimitOf(const Manifestation& manifestation, double expected) {
  return manifestation.factor > 0 ? std::max(manifestation.factor * expected, manifestation.limit)
                                  : manifestation.limit;
}

std::vector<std::string> Trended(const Signature& signature) {
  std::vector<std::string> names;
  const auto add = [&](const Clause& clause) {
    if (AsksForTrend(clause)) names.push_back(signature.signals[clause.signal]);
  };
  for (const auto& manifestation : signature.manifestations) names.push_back(signature.signals[manifestation.signal]);
  for (const auto& symptom : signature.symptoms) std::for_each(symptom.any.begin(), symptom.any.end(), add);
  for (const auto* clauses : {&signature.unless, &signature.doubt})
    std::for_each(clauses->begin(), clauses->end(), add);
  return names;
}

base::Result<Signature> ParseSignature(const std::string& name, std::string_view text) {
  auto document = config::Document::Parse(name, text);
  if (!document) return document.error();
  Signature signature;
  Decoder(signature).Decode(document->Root().AsMap());
  if (auto finished = document->Finish(); !finished) return finished.error();
  return signature;
}

}  // namespace forewarn::knowledge
