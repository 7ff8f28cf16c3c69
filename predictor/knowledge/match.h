// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "predictor/knowledge/signature.h"

namespace forewarn::knowledge {

// How far one signal of an instance is in each condition, 0 to 1 each.
struct Degrees {
  double rising = 0, falling = 0, high = 0, low = 0, normal = 1;
  double Of(Condition condition) const;
};

// Of a signal; nullopt where it is missing: it then speaks neither for nor against.
using DegreesOf = std::function<std::optional<Degrees>(const std::string& signal)>;

// How well a signature explains what is seen: the weighted mean of its symptoms' degrees, less what speaks against it.
// 0 to 1; above 0.5 it matches.
double Match(const Signature& signature, const DegreesOf& degrees_of);

// What an example's signals are, each fully in its condition.
DegreesOf DegreesOfExample(const Example& example);

// The examples on which the signature errs, each as `file:line: …`; empty: none.
std::vector<std::string> Mistakes(const Signature& signature);

}  // namespace forewarn::knowledge
