// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "common/base/result.h"
#include "tests/campaigns/vm/record.h"

namespace forewarn::campaign {

struct Done {
  std::uint64_t seed = 0;
  std::string guest;  // SEED-NUMBER
  Size size{};
  double onset = 0;  // s since the epoch
  std::optional<double> breach;
  double scored_from = 0;  // s since the epoch
};

// The folder of recordings: series.csv and labels.csv as a backtest reads them, a CSV for each run, and runs.csv and
// bad_runs.csv, which no predictor reads. Survives being killed at any moment: a run counts once series.csv names it.
class Ledger {
 public:
  static base::Result<Ledger> Open(const std::string& directory);

  std::set<int> Recorded(std::uint64_t seed) const;  // numbers of runs
  int NextGuest(std::uint64_t seed) const;           // a number that no guest has had
  std::size_t BadRuns() const;                       // in all, ever
  base::Result<void> Add(const Plan& plan, const Done& done, const Recording& recording);
  base::Result<void> AddBad(std::uint64_t seed, int number, const std::string& why);
  std::string Figures() const;  // for a person: runs by fault, with breaches

 private:
  explicit Ledger(std::string directory) : directory_(std::move(directory)) {}
  base::Result<void> Append(const std::string& file, const std::string& line) const;
  std::string directory_;
};

}  // namespace forewarn::campaign
