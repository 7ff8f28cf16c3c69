// SPDX-License-Identifier: Apache-2.0
#include "webhook/experiments/template.h"

#include <algorithm>

#include "webhook/actuators/actuators.h"

namespace forewarn::experiments {
namespace {

constexpr std::pair<std::string_view, On> kOns[] = {
    {"canary", On::kCanary}, {"standby", On::kStandby}, {"self", On::kSelf}};

std::string DecodeExpr(const config::Node& node) {
  if (node.String().find("$domain") == std::string::npos) node.Fail("must contain $domain: it is asked for one target");
  return node.String();
}

std::vector<Condition> DecodeConditions(const config::Map& map, std::string_view key) {
  std::vector<Condition> conditions;
  if (const auto list = map.Find(key)) {
    for (const config::Node& item : list->Items()) conditions.push_back({DecodeExpr(item)});
  }
  return conditions;
}

void DecodeOn(const config::Node& node, Template& one) {
  one.on.clear();
  for (const config::Node& item : node.Items()) {
    const auto found =
        std::find_if(std::begin(kOns), std::end(kOns), [&](const auto& known) { return known.first == item.String(); });
    if (found == std::end(kOns)) {
      item.Fail("must be canary, standby or self");
    } else {
      one.on.push_back(found->second);
    }
  }
  if (one.on.empty()) node.Fail("names nobody");
}

void DecodeInject(const config::Node& node, Template& one) {
  for (const config::Node& item : node.Items()) {
    const actuators::ActuatorKind* kind = actuators::FindKind(item.String());
    if (kind == nullptr) {
      item.Fail("no such actuator: " + item.String());
    } else if (kind->reversal != actuators::Reversal::kReversible) {
      item.Fail(item.String() + " cannot be undone: it is never injected");
    }
    one.inject.push_back(item.String());
  }
  if (one.inject.empty()) node.Fail("injects nothing");
}

void DecodeLadder(const config::Node& node, Template& one) {
  one.ladder.clear();
  for (const config::Node& item : node.Items()) {
    const double rung = item.Number();
    if (!(rung > 0 && rung < 1)) item.Fail("must be between 0 and 1: milder than what is predicted");
    if (!one.ladder.empty() && rung <= one.ladder.back()) item.Fail("must be above the rung before");
    one.ladder.push_back(rung);
  }
  if (one.ladder.empty()) node.Fail("has no rung");
}

base::Duration Positive(const config::Map& map, std::string_view key, base::Duration otherwise) {
  const base::Duration duration = map.Duration(key, otherwise);
  if (duration <= base::Duration::zero()) map.Fail(std::string(key) + " must be above 0");
  return duration;
}

void DecodeTimes(const config::Map& map, Template& one) {
  one.window = Positive(map, "window", one.window);
  one.show_deadline = Positive(map, "show_deadline", one.show_deadline);
  one.settle_deadline = Positive(map, "settle_deadline", one.settle_deadline);
  one.ttl = Positive(map, "ttl", one.ttl);
  one.min_interval = map.Duration("min_interval", one.min_interval);
  if (one.ttl > std::chrono::hours(1)) map.Fail("ttl must be at most 1h");
}

Template DecodeTemplate(const config::Map& map, const plan::Policies& policies) {
  Template one;
  if (auto name = map.Require("name")) one.name = name->String();
  if (auto fault = map.Require("fault")) {
    one.fault = fault->String();
    if (policies.For(one.fault).steps.empty()) fault->Fail("no policy says what is to be tried against " + one.fault);
  }
  const std::string mode = map.String("mode", "observe");
  if (mode != "observe" && mode != "act") map.Fail("mode must be observe or act");
  one.mode = mode == "act" ? plan::Mode::kAct : plan::Mode::kObserve;
  if (auto on = map.Find("on")) DecodeOn(*on, one);
  if (auto inject = map.Require("inject")) DecodeInject(*inject, one);
  if (auto ladder = map.Find("ladder")) DecodeLadder(*ladder, one);
  one.severity = map.Number("severity", one.severity);
  if (!(one.severity > 0 && one.severity <= 1)) map.Fail("severity must be above 0 and at most 1");
  one.steady_state = DecodeConditions(map, "steady_state");
  one.stop = DecodeConditions(map, "stop");
  if (auto symptom = map.Find("symptom")) one.symptom = DecodeExpr(*symptom);
  one.shown_ratio = map.Number("shown_ratio", one.shown_ratio);
  if (!(one.shown_ratio > 1)) map.Fail("shown_ratio must be above 1");
  DecodeTimes(map, one);
  return one;
}

}  // namespace

Templates Templates::Decode(const config::Map& map, const plan::Policies& policies) {
  Templates templates;
  const std::int64_t most = map.Integer("max_running", templates.max_running);
  if (most < 1 || most > 100) map.Fail("max_running must be between 1 and 100");
  templates.max_running = static_cast<int>(std::clamp<std::int64_t>(most, 1, 100));
  templates.cool_down = map.Duration("cool_down", templates.cool_down);
  templates.mark_deadline = Positive(map, "mark_deadline", templates.mark_deadline);
  if (auto list = map.Require("templates")) {
    for (const config::Node& item : list->Items()) {
      Template one = DecodeTemplate(item.AsMap(), policies);
      if (templates.Find(one.name, "") != nullptr) item.Fail("a second template " + one.name);
      templates.templates_.push_back(std::move(one));
    }
  }
  return templates;
}

const Template* Templates::Find(const std::string& name, const std::string& fault) const {
  for (const Template& one : templates_) {
    if (name.empty() ? one.fault == fault : one.name == name) return &one;
  }
  return nullptr;
}

}  // namespace forewarn::experiments
