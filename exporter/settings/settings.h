// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/promql/client.h"
#include "exporter/signals/signals.h"
#include "exporter/state/keeper.h"
#include "exporter/training/training.h"
#include "predictor/predictor.h"

namespace forewarn::settings {

// exporter.yaml, decoded; docs/examples/exporter.yaml names every key.
struct Settings {
  promql::ClientOptions source;
  base::Duration tick = std::chrono::seconds(15);
  base::Duration offset{};   // the source is asked for now - offset
  base::Duration max_age{};  // older samples are missing, older predictions vanish; by default 4 ticks, at least 5s
  signals::Settings signals;
  predictor::Settings predictor;
  state::Settings state;
  training::Settings training;
};

// Everything that can be known to be wrong without asking anybody, as one message with a line `file:line: key: what`
// per mistake; signatures are read and checked, too.
base::Result<Settings> Load(const std::string& path);
// The same of a text; `name` stands for the file in messages.
base::Result<Settings> Parse(const std::string& name, std::string_view text);

}  // namespace forewarn::settings
