// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "cli/backtest/data_set.h"
#include "cli/backtest/mapping.h"
#include "cli/backtest/verdict.h"
#include "predictor/predictor.h"

namespace forewarn::backtest {

// Runs a recording through a predictor of its own, one row one tick, as the daemon would have: each row is judged
// before anything of it is learned, and nothing after it is known. The series is the one instance (slot 0), its columns
// are the signals. A row that is not later than the one before is no tick, and is judged as that.
class Replay {
 public:
  Replay(predictor::Predictor& predictor, const std::string& series, const std::vector<Derived>& signals);

  // Gives each row, by its number, with what is said of it.
  void Run(const Recording& recording, const std::function<void(std::size_t, const Verdicts&)>& use);

 private:
  struct Source {
    std::size_t column;
    std::uint32_t signal;
    Converter converter;
  };
  void Tick(const Recording& recording, std::size_t row);

  predictor::Predictor& predictor_;
  telemetry::Names instances_, signals_;
  std::vector<Source> sources_;
  telemetry::Snapshot snapshot_;
  Verdicts verdicts_;
};

}  // namespace forewarn::backtest
