// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "common/base/clock.h"
#include "common/config/yaml.h"
#include "exporter/signals/roster.h"
#include "exporter/state/store.h"
#include "predictor/predictor.h"

namespace forewarn::state {

struct Settings {
  std::string directory;  // empty: no state is kept
  base::Duration every = std::chrono::minutes(5);
};
// The mapping under `state:`. Mistakes are recorded in its document.
Settings Decode(const config::Map& map);

// What becomes of the state, for the exporter's own series. Called on whichever thread.
struct Observer {
  std::function<void(std::size_t bytes)> saved = [](std::size_t) {};
  std::function<void(const std::string& reason)> save_failed = [](const std::string&) {};
  std::function<void(const std::string& reason)> restore_failed = [](const std::string&) {};
  std::function<void(double time)> restored = [](double) {};  // the samples' time, s since the epoch
};

// Keeps the predictor's state over restarts. A state that cannot be used is said, put aside and never trusted; one that
// cannot be saved is said, too, and tried again. Restoring and saving are one thread's; writing is its own's.
class Keeper {
 public:
  Keeper(std::string directory, Observer observer);
  ~Keeper();  // when what was given to it is written

  // Before the first tick. The samples' time until which it has learned; nullopt where it begins anew. `now`: s since
  // the epoch.
  std::optional<double> Restore(double now, predictor::Predictor& predictor, signals::Roster& roster);

  // Whether `every` has passed since the last save, or the beginning, and that one is written.
  bool Due(base::Duration every, const base::Clock& clock = base::SystemClock()) const;
  // Takes what there is to save, at `time` of the samples, and writes it while the caller goes on.
  void Save(double time, const predictor::Predictor& predictor, const signals::Roster& roster);

 private:
  void Write(const std::stop_token& stop);
  void WriteOne(const std::string& content);
  void RestoreFailed(const std::string& reason, const std::string& what);

  const Observer observer_;
  base::SteadyTime last_ = base::SystemClock().Steady();
  std::mutex files_;  // over the store
  Store store_;
  mutable std::mutex mutex_;  // over the two below
  std::optional<std::string> waiting_;
  bool writing_ = false;
  std::condition_variable_any changed_;
  std::jthread writer_;  // last: it uses the others
};

}  // namespace forewarn::state
