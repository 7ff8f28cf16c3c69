// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

// Signatures: which pattern of anomalies is which fault. Data, not code: one YAML file per fault.
namespace forewarn::knowledge {

enum class Condition { kRising, kFalling, kHigh, kLow, kNormal };
const char* Name(Condition condition);

struct Symptom {
  std::string signal;
  Condition is = Condition::kNormal;
  double weight = 1;
};

struct Manifestation {  // the condition that says the fault has really happened
  std::string signal;
  double limit = 0;      // in the signal's unit
  double direction = 1;  // 1: at or above the limit; -1: at or below
};

struct Example {
  bool match = false;
  std::vector<std::pair<std::string, Condition>> given;  // signals that are not named are normal
  std::string where;                                     // file:line
};

struct Signature {
  std::string fault;
  double horizon = 0;         // s: the window in which a prediction is judged
  double prior_accuracy = 0;  // of predictions of full strength, before outcomes are known; 0 to 1
  std::string runbook;
  Manifestation manifestation;
  std::vector<Symptom> symptoms;
  std::vector<Symptom> unless;  // any of these speaks against it; weights unused
  std::vector<Example> examples;
};

// One signature file. Errors: kInvalid, `file:line: key: what is wrong`, one mistake per line.
base::Result<Signature> ParseSignature(const std::string& name, std::string_view text);

// The built-in ones, compiled into the library: (file name, text).
const std::vector<std::pair<std::string_view, std::string_view>>& BuiltInSignatures();

}  // namespace forewarn::knowledge
