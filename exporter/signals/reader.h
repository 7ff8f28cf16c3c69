// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/promql/client.h"
#include "exporter/signals/places.h"
#include "exporter/signals/roster.h"
#include "exporter/signals/signals.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::signals {

// What one tick read. What it could not read is missing in the snapshot and said beside it.
struct Reading {
  telemetry::Snapshot snapshot;
  std::vector<std::string> hypervisors;  // by instance slot; empty where unknown, or two claim it

  // By instance slot; shorter than instances: nothing of the rest.
  struct Masks {
    std::vector<bool> masked, mitigated;
    bool known = true;  // false: a query of them failed
  } masks;

  // Own experiments' injections that are in force; their instances are masked. No duplicates.
  struct Injection {
    std::uint32_t instance = 0;  // slot
    std::string fault;
  };
  std::vector<Injection> injections;
  // How sure it is that an actuator relieves a fault; not of history.
  struct Success {
    std::string fault, actuator;
    double mean = 0, deviation = 0;  // of a share, 0 to 1
  };
  std::vector<Success> successes;

  struct SourceError {
    std::string signal;  // or the circumstance; "instances" for the query of hypervisors
    base::Error error;
  };
  std::vector<SourceError> errors;
  std::vector<std::string> warnings;  // of the source

  // Rows that give no value: never guessed. An ambiguous one is each of those that claim one instance.
  struct Dropped {
    std::size_t no_domain = 0, ambiguous = 0, not_finite = 0;
  } dropped;
  std::size_t series = 0;    // rows received
  std::size_t answered = 0;  // signals of which there was an answer, be it empty; 0: the tick has failed
};

// Of history: the multiples of the step from start to end.
struct Range {
  double start = 0, end = 0;  // s since the epoch
  double step = 0;            // s
  std::stop_token stop = {};
};

struct Question;
struct RangeQuery;
struct Steps;
class Window;

// Asks for every signal, at most two queries in flight, one after the other into columns. The slots of instances and
// signals live as long as the reader, in its roster. One thread at a time.
class Reader {
 public:
  Reader(std::unique_ptr<promql::Client> client, Settings settings);

  // Samples as of `time` (s since the epoch). Queries that have not begun by the deadline are errors (kTimeout).
  Reading Read(double time, base::Deadline deadline);

  // History, oldest first: of each step what Read would have read then, gaps as gaps, circumstances as they were. Asks
  // in windows that are bounded in steps and memory, each query at once for all steps of one; what a source refuses as
  // too much is asked in parts. A signal that fails is missing for the window, and told in the reading of its first
  // step. Errors: where a window got no answer at all; kInvalid where there is no step. Ends early, without an error,
  // when `stop` is requested.
  base::Result<void> ReadRange(const Range& range, const std::function<void(const Reading&)>& use);

  // Another source or other signals, with all slots kept.
  void Reconfigure(std::unique_ptr<promql::Client> client, Settings settings);

  const telemetry::Names& instances() const { return roster_.instances(); }
  const telemetry::Names& signals() const { return roster_.signals(); }
  Roster& roster() { return roster_; }

 private:
  using Answer = base::Result<promql::Vector>;
  void ReadSignal(std::size_t index, const Answer& answer, Reading& reading);
  void ReadHypervisors(const Answer& answer, Reading& reading);
  void ReadMask(const Question& question, const Answer& answer, Reading& reading) const;
  // Whether an instance without a value was not there: a query that failed for now may have known it, one that is wrong
  // never does.
  static bool SawAll(const std::vector<Reading::SourceError>& errors);
  // Calls use(row, slot, whether it is the instance's only row so far) for each row that names an instance.
  template <class Use>
  void ForEachInstance(const promql::Vector& answer, Places& places, Reading& reading, Use use);

  std::vector<RangeQuery> RangeQueries() const;
  void AskAll(const Steps& steps, std::vector<RangeQuery>& queries, const std::stop_token& stop, Window& window);
  void Replay(const Window& window, const Steps& steps, const std::stop_token& stop,
              const std::function<void(const Reading&)>& use);

  std::unique_ptr<promql::Client> client_;
  Settings settings_;
  Roster roster_;
  std::vector<Places> places_;         // by signal of the settings, and of the hypervisors
  std::vector<std::uint32_t> claims_;  // rows per instance slot, of the answer that is being read
};

}  // namespace forewarn::signals
