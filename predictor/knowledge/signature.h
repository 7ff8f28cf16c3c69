// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

// Signatures: which pattern of anomalies is which fault. Data, not code: one YAML file per fault; README.md explains
// it.
namespace forewarn::knowledge {

// Of a signal against what is expected of it (high, low, normal), of its trend (rising, falling), of either (up: high
// or rising; down: low or falling), of its value alone, whatever is usual (above, below), or that it was there and is
// no longer (missing).
enum class Condition { kRising, kFalling, kHigh, kLow, kNormal, kUp, kDown, kAbove, kBelow, kMissing };
const char* Name(Condition condition);

// One signal in one condition. What lies outside the bounds (in the signal's unit) is not in it, however odd it is; of
// what rises or falls it is the value forecast at the end of the horizon that counts.
struct Clause {
  std::uint32_t signal = 0;  // index into Signature::signals
  Condition is = Condition::kNormal;
  double at_least = -std::numeric_limits<double>::infinity(), at_most = std::numeric_limits<double>::infinity();
  double times = 0;  // of what is high: how many times what is expected it must be at least
};

struct Symptom {
  std::vector<Clause> any;  // holds as far as the strongest of these does
  double weight = 1;
};

// A condition that says the fault has really happened. The limit is a number, or a multiple of what is expected.
struct Manifestation {
  std::uint32_t signal = 0;  // index into Signature::signals
  double limit = 0;          // in the signal's unit; of a relative one the least
  double factor = 0;         // above 0: relative, times what is expected
  double direction = 1;      // 1: at or above the limit; -1: at or below
};
// In the signal's unit, where `expected` is what is normal now.
double LimitOf(const Manifestation& manifestation, double expected);

struct Example {
  bool match = false;
  std::vector<std::pair<std::string, Condition>> given;  // signals that are not named are normal
  std::string where;                                     // file:line
};

enum class Scope { kInstance, kHost };  // where the cause is: a host's fault befalls its instances together

struct Signature {
  std::string fault;
  double horizon = 0;         // s: the window in which a prediction is judged
  double prior_accuracy = 0;  // of predictions of full strength, before outcomes are known; 0 to 1
  Scope scope = Scope::kInstance;
  std::string runbook;
  std::vector<std::string> signals;           // all that it names, each once
  std::vector<Manifestation> manifestations;  // any of those that are measured
  std::vector<Symptom> symptoms;
  std::vector<Clause> unless;  // any of these speaks against it
  std::vector<Clause> doubt;   // likewise, until it has come true
  std::vector<Example> examples;
};

// Signals whose trend it asks for.
std::vector<std::string> Trended(const Signature& signature);

// One signature file. Errors: kInvalid, `file:line: key: what is wrong`, one mistake per line.
base::Result<Signature> ParseSignature(const std::string& name, std::string_view text);

// The built-in ones, compiled into the library: (file name, text).
const std::vector<std::pair<std::string_view, std::string_view>>& BuiltInSignatures();

}  // namespace forewarn::knowledge
