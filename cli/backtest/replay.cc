// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/replay.h"

namespace forewarn::backtest {

Replay::Replay(predictor::Predictor& predictor, const std::string& series, const std::vector<Derived>& signals)
    : predictor_(predictor), verdicts_(predictor) {
  instances_.SlotOf(series);
  for (const auto& one : signals)
    sources_.push_back({one.column, signals_.SlotOf(one.signal), Converter(one.conversion)});
  snapshot_.instances = &instances_;
  snapshot_.signals = &signals_;
  snapshot_.columns.assign(signals_.size(), {telemetry::kMissing});
  verdicts_.Read({}, instances_.size());
}

void Replay::Tick(const Recording& recording, std::size_t row) {
  snapshot_.time = recording.times[row];
  for (auto& source : sources_) {
    snapshot_.columns[source.signal][0] = source.converter.Next(snapshot_.time, recording.values[source.column][row]);
  }
  verdicts_.Read(predictor_.Tick(snapshot_), instances_.size());
}

void Replay::Run(const Recording& recording, const std::function<void(std::size_t, const Verdicts&)>& use) {
  for (std::size_t row = 0; row < recording.times.size(); ++row) {
    if (row == 0 || recording.times[row] > snapshot_.time) Tick(recording, row);
    use(row, verdicts_);
  }
}

}  // namespace forewarn::backtest
