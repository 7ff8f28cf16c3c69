// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/config/yaml.h"
#include "exporter/signals/reader.h"
#include "predictor/predictor.h"

namespace forewarn::training {

struct Settings {
  base::Duration history = std::chrono::hours(1);  // how far back; 0: none
  base::Duration step{};                           // 0: the tick
};
// The mapping under `training:`. Mistakes are recorded in its document.
Settings Decode(const config::Map& map);

// What was learned from history, s since the epoch; 0 where there was nothing.
struct Learned {
  double from = 0, until = 0;
  std::size_t ticks = 0, values = 0;
};

// What a reading knows beside telemetry, in the predictor's words.
predictor::Circumstances CircumstancesOf(const signals::Reading& reading);

// Lets a predictor live through the source's past before its first tick, oldest first, in pieces between which others
// may have their turn: as often as it takes to come so near to the present that the ticks go on from there.
class Training {
 public:
  static constexpr double kPieceSteps = 240;

  // `known`: s since the epoch, until when a restored state has learned; 0: there is none.
  Training(const Settings& settings, base::Duration tick, double known);

  // The next piece, where `now` is the newest time that a tick would ask for; nullopt: there is none left.
  std::optional<signals::Range> Next(double now) const;
  // The error is the source's; what it gave before is learned.
  base::Result<void> Learn(const signals::Range& piece, signals::Reader& reader, predictor::Predictor& predictor);

  const Learned& learned() const { return learned_; }
  // Of signals, each error once per window.
  const std::vector<signals::Reading::SourceError>& errors() const { return errors_; }

 private:
  const double history_, step_;
  double covered_;
  Learned learned_;
  std::vector<signals::Reading::SourceError> errors_;
};

}  // namespace forewarn::training
