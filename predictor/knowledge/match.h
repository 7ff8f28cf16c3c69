// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "predictor/knowledge/signature.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::knowledge {

// How far one signal of an instance is in each condition, 0 to 1 each.
struct Degrees {
  double rising = 0, falling = 0, high = 0, low = 0, normal = 1;
  double value = telemetry::kMissing;  // now, in the signal's unit
  double expected = telemetry::kMissing;
  double slope = telemetry::kMissing;  // per s
  bool gone = false;                   // it was measured and is missing now: the rest then says nothing
};

// By index into Signature::signals; nullopt where a signal is not measured: it then speaks neither for nor against.
using Observation = std::vector<std::optional<Degrees>>;

// How well a signature explains what is seen: the weighted mean of its symptoms' degrees, less what speaks against it.
// 0 to 1; above 0.5 it matches.
double Match(const Signature& signature, const Observation& seen);

// How far the strongest of its `unless` speaks against it, 0 to 1.
double Against(const Signature& signature, const Observation& seen);

// What an example's signals are, each fully in its condition, and within all bounds.
Observation ObservationOf(const Example& example, const Signature& signature);

// The examples on which the signature errs, each as `file:line: …`; empty: none.
std::vector<std::string> Mistakes(const Signature& signature);

}  // namespace forewarn::knowledge
