// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cli/backtest/confusion.h"
#include "cli/backtest/data_set.h"
#include "cli/backtest/rules.h"
#include "cli/backtest/verdict.h"

namespace forewarn::backtest {

// What came of one rule's alarms.
struct Count {
  std::size_t windows = 0, detected = 0;  // labelled; with an alarm in them
  std::size_t false_alarms = 0;
  std::size_t mitigated = 0;    // windows and alarms that a mitigation makes unknowable: not among the others
  std::vector<double> leads{};  // s from the first alarm to the breach, of windows where it came before
  // Of gradual windows with a breach: the lead, relative to the time from onset to breach; 0: none.
  std::vector<double> early{};
  std::vector<double> delays{};  // of abrupt windows: steps from onset to first alarm; infinite: none
  void Add(const Count& other);
};

struct Totals {
  std::vector<Count> counts;  // by rule
  Confusion confusion;        // by the score
  std::size_t instances = 0;
  double days = 0;  // of instances: observed and scored; of a gap the first ten steps
  void Add(const Totals& other);
};

// What the labels say of one instance.
struct Ground {
  double step = 1;            // s
  double scored_from = 0;     // s since the epoch: earlier ticks don't count
  std::vector<Label> labels;  // by start
};

// Counts the alarms of one instance, tick by tick. A window is detected by an alarm in it; alarms in it and up to 12
// steps after it are no false ones. Other alarms no more than 12 steps apart are one false alarm, which lasts 60 steps
// at most: one that never ends is charged again and again. To the rule of one fault windows of other faults are none,
// and windows of no known fault neither speak for nor against it.
// What an experiment, maintenance or nobody knows what befell is as if it had not been observed. A window is censored
// where a mitigation came before its first alarm, a false alarm where one came within 12 steps of it.
class Track {
 public:
  Track(const std::vector<Rule>& rules, const std::vector<std::string>& faults, Ground ground);
  // In the order of time.
  void Add(double time, const Verdicts& verdicts, std::uint32_t instance, confidence::Standing standing = kFree);
  Totals Result() const;

 private:
  static constexpr auto kFree = confidence::Standing::kFree;
  struct Window {
    std::size_t fault;       // index; kUntyped
    bool seen = false;       // there was a tick in it
    bool mitigated = false;  // and one under a mitigation
    double score = 0;        // the highest of an alarm that was named
    std::string name{};      // so
  };
  struct Alarms {                 // of one rule
    std::vector<double> first{};  // by window: time of the first alarm in it, kMissing: none
    double began = 0, last = 0;   // of the current false alarm
    bool mitigated = false;       // it does not count as one
    std::size_t false_alarms = 0, censored = 0;
    std::size_t& Charged() { return mitigated ? censored : false_alarms; }
  };
  void Observe(double time, bool mitigated);
  void Mitigate(double time);
  bool Quiet(const Verdicts& verdicts, std::uint32_t instance) const;
  void Alarm(const Rule& rule, double time, Alarms& alarms);
  void Name(double time, const Verdicts& verdicts, std::uint32_t instance);
  void Judge(const Label& label, double first, Count& count) const;

  static constexpr std::size_t kUntyped = -1;
  const std::vector<Rule>& rules_;
  const Ground ground_;
  double lowest_ = 1;  // threshold of any rule
  std::size_t faults_;
  std::vector<Window> windows_;
  std::vector<Alarms> alarms_;  // by rule
  std::size_t over_ = 0;        // windows before this one can't matter any more
  double last_;                 // the tick before
  double seconds_ = 0;
};

}  // namespace forewarn::backtest
