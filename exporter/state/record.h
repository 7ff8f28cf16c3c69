// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "exporter/signals/roster.h"
#include "exporter/state/envelope.h"
#include "predictor/predictor.h"

namespace forewarn::state {

// An instance that was away for that long is dropped, in s.
inline constexpr double kForgotten = 86400;

// A state beside the predictor's own part of it.
struct Head {
  double time = 0;  // s since the epoch: the samples' time until which it has learned
  signals::Slots slots;
};

// A file's content.
std::string Encode(const Head& head, const predictor::Predictor& predictor);

// Lets `predictor` and `roster` go on from there; instances that were last seen kForgotten before `now` are dropped.
// Where it is rejected, both are as new.
std::optional<Rejection> Decode(std::string content, double now, predictor::Predictor& predictor,
                                signals::Roster& roster, Head& head);

}  // namespace forewarn::state
