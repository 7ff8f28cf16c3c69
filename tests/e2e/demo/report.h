// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

// What was measured, what it proves, and the JSON that says so. Times in s since the epoch.
namespace forewarn::demo {

struct Arm {
  std::optional<double> breach_time;  // first moment at which Prometheus recorded the breakdown
  double measured = 0;                // part of the observation for which Prometheus knows either way, 0 to 1
};

struct Prediction {  // the first tick at or above the threshold of the stage `mitigate`
  double time = 0;
  std::string domain, fault;
  double confidence = 0;
  std::optional<double> expected_time;
};

struct Deed {                  // one change of the webhook
  std::optional<double> time;  // when its call returned; absent: not applied
  std::string domain, fault;
  double confidence = 0;
  std::string actuator, from, to;  // settings as JSON objects
  std::string outcome;             // empty: not known yet
};

struct Trial {  // one experiment of the webhook
  std::string domain, target, phase, verdict;
  std::vector<std::string> mitigation;
  double predicted = 0, injected = 0;  // severity
};

struct Findings {
  std::string fault, hypervisor;
  std::map<std::string, Arm> arms;  // by twin
  std::vector<Prediction> predictions;
  std::vector<Deed> mitigations;
  std::vector<Trial> experiments;
  double wall_seconds = 0;

  const Prediction* PredictionOf(const std::string& domain) const;  // nullptr: there was none
  // From the unprotected twin's prediction to its breakdown.
  std::optional<double> LeadSeconds() const;
  // From the protected twin's prediction to the return of the first change.
  std::optional<double> DetectToEffectSeconds() const;
};

// Why the findings do not show that the loop works; empty where they do.
std::vector<std::string> Shortcomings(const Findings& findings);
// The same of an experiment that was to prove a mitigation.
std::vector<std::string> ShortcomingsOfTrials(const Findings& findings);

std::string ToJson(const Findings& findings);

}  // namespace forewarn::demo
