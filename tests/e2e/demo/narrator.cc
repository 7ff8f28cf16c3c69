// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/narrator.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tests/e2e/demo/scenario.h"

namespace forewarn::demo {
namespace {

std::string Text(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string Percent(double ratio) {
  char text[16];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * ratio);
  return text;
}

std::string Seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f s", seconds);
  return text;
}

std::string Milliseconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f ms", 1000 * seconds);
  return text;
}

}  // namespace

std::string Difference(const std::string& from, const std::string& to) {
  const auto before = nlohmann::json::parse(from, nullptr, false), after = nlohmann::json::parse(to, nullptr, false);
  if (!before.is_object() || !after.is_object()) return "";
  std::string text;
  for (const auto& [key, value] : after.items()) {
    const std::string old = before.contains(key) ? Text(before[key]) : "nothing";
    if (old == Text(value)) continue;
    text += (text.empty() ? "" : ", ") + key + " from " + old + " to " + Text(value);
  }
  return text;
}

void Narrator::Once(const std::string& key, const std::string& line) {
  if (told_.insert(key).second) say_(line);
}

void Narrator::Tell(const Sight& sight) {
  for (const char* twin : kTwins) TellTwin(sight, twin);
  for (const Trial& trial : sight.trials) TellTrial(trial);
  TellDeeds(sight);
}

void Narrator::TellTrial(const Trial& trial) {
  const std::string who = "experiment on " + trial.target + ": ";
  if (trial.phase == "injecting") {
    Once(who + "injecting", who + "a milder fault is injected, severity " + Percent(trial.injected) + " of the " +
                                Percent(trial.predicted) + " that are predicted");
  }
  if (trial.phase == "mitigating") Once(who + "mitigating", who + "it shows; the planned mitigation is tried");
  if (!trial.verdict.empty()) Once(who + trial.verdict, who + "all is undone; verdict: " + trial.verdict);
}

void Narrator::TellTwin(const Sight& sight, const std::string& twin) {
  const std::string confidence = "confidence " + Percent(sight.Of(twin, "confidence"));
  const double ahead = sight.Of(twin, "expected") - sight.time;
  const std::string expected = std::isnan(ahead) ? "" : ", expected in " + Seconds(std::max(ahead, 0.0));
  if (sight.Of(twin, "notified") == 1)
    Once(twin + " notified", twin + ": predicted, people are notified; " + confidence + expected);
  if (sight.Of(twin, "due") == 1) {
    const std::string then = twin == kProtected ? "the webhook is called" : "nobody acts, it stops at the notification";
    Once(twin + " due", twin + ": certain enough to act, " + confidence + expected + "; " + then);
  }
  if (sight.Of(twin, "broken") == 1) {
    Once(twin + " broken", twin + ": ITS SERVICE HAS BROKEN DOWN (" + Percent(sight.Of(twin, "success")) +
                               " of requests succeed, " + "in " + Milliseconds(sight.Of(twin, "latency")) + ")");
  }
}

void Narrator::TellDeeds(const Sight& sight) {
  for (const Deed& deed : sight.deeds) {
    const std::string key = deed.domain + " " + deed.fault + " " + deed.actuator + " " + deed.to;
    const std::string what = deed.domain + ": " + (deed.actuator.empty() ? "nothing done" : deed.actuator) + " " +
                             Difference(deed.from, deed.to);
    if (deed.time) Once(key, what);
    if (!deed.outcome.empty()) Once(key + deed.outcome, what + ": " + deed.outcome);
  }
}

}  // namespace forewarn::demo
