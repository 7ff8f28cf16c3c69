// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "webhook/journal/episode.h"

namespace forewarn::engine {

// What the outcomes of the past say about each actuator. Thread-safe.
class Experience {
 public:
  // Takes in what the journal remembers.
  void Learn(const std::vector<journal::Episode>& episodes);
  void Learn(const std::string& fault, const journal::Change& change);  // its outcome
  void Took(const std::string& actuator, base::Duration duration);

  // Of the probability that the actuator relieves the fault: Beta(1 + relieved, 1 + ineffective or harmful), by
  // mitigations and experiments alike.
  struct Belief {
    double mean = 0.5, deviation = 0.2887;
  };
  Belief Success(const std::string& fault, const std::string& actuator) const;
  // 95 % of its last applications took no longer; nullopt before there are a few. Nearest rank.
  std::optional<base::Duration> P95(const std::string& actuator) const;

 private:
  struct Record {
    int relieved = 0, failed = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Record> records_;  // by fault and actuator
  std::map<std::string, std::deque<base::Duration>> durations_;    // by actuator, the last ones
};

}  // namespace forewarn::engine
