// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/signals/masks.h"
#include "exporter/signals/reader.h"

// The inside of Reader::ReadRange: history in windows, each bounded in its steps and in its memory.
namespace forewarn::signals {

// Times that are multiples of the step, as the daemon's ticks are.
struct Steps {
  double step = 0;  // s
  std::int64_t first = 0;
  std::size_t count = 0;
  double TimeOf(std::size_t index) const { return step * (static_cast<double>(first) + static_cast<double>(index)); }
};
Steps StepsOf(const Range& range);

// One query over `steps`, asked in parts of at most `part` steps. A part that the source refuses, or does not get done
// in time, is halved down to one step, and `part` stays what was good enough.
base::Result<std::vector<promql::Series>> AskParts(promql::Client& client, const std::string& expr, const Steps& steps,
                                                   std::size_t& part);

class Window;

// What is asked over each window, and where in it the answer goes.
struct RangeQuery {
  const std::string* expr;
  std::function<void(Window&, const base::Result<std::vector<promql::Series>>&)> put;
  std::size_t part;  // see AskParts
};

// The answers to all queries over a few steps.
class Window {
 public:
  using Answer = base::Result<std::vector<promql::Series>>;
  using SlotOf = std::function<std::uint32_t(std::string_view)>;  // by the domain

  Window(const Steps& steps, const Settings& settings);
  void AddSignal(std::size_t index, const Answer& answer);  // index into the settings' signals
  void AddHypervisors(const Answer& answer);
  void AddMask(const Question& question, const Answer& answer);

  std::size_t answered() const { return answered_; }                           // signals
  const std::vector<Reading::SourceError>& errors() const { return errors_; }  // but those of masks

  // What Reader::Read would have read at a step, without the names. `slots`: of the signals. Errors are of the window,
  // and told at its first step.
  Reading At(std::size_t step, const std::vector<std::uint32_t>& slots, const SlotOf& slot_of) const;
  // The circumstances of that reading, by the slots of its snapshot's instances.
  void MarkAt(std::size_t step, Reading& reading) const;

 private:
  static constexpr std::uint32_t kNowhere = -1;
  struct Told {  // of one step
    Reading::Dropped dropped;
    std::size_t rows = 0;
  };
  struct Row {  // of an answer about circumstances
    const Question* question;
    std::string domain, fault;
    std::vector<double> values;  // [step]
  };
  // The step of a sample; steps_.count where it is none of the window's.
  std::size_t StepOf(double time) const;
  void Visit(const Answer& answer,
             const std::function<void(std::size_t cell, const promql::Series&, std::size_t)>& use);
  void Grow();
  void Put(std::size_t cell, double value, std::vector<double>& values);

  const Steps steps_;
  const Settings& settings_;
  telemetry::Names instances_, hypervisors_;  // of this window
  std::vector<std::vector<double>> values_;   // [signal][instance · steps + step]
  std::vector<std::uint32_t> runs_on_;        // [cell]
  std::vector<std::uint8_t> claims_;          // [cell]: rows of the answer that is being added
  std::vector<std::uint8_t> present_;         // [cell]: whether there was any row
  std::vector<Told> told_;                    // [step]
  std::vector<Row> rows_;
  std::vector<Reading::SourceError> errors_, mask_errors_;
  std::size_t answered_ = 0;
};

}  // namespace forewarn::signals
