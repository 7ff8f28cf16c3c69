// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>

#include "common/base/clock.h"
#include "common/promql/client.h"
#include "tests/campaigns/storms/weather.h"

namespace forewarn::storms {

// What PromQL would say during a storm. Thread-safe.
class Telemetry : public promql::Client {
 public:
  Telemetry(const Weather& weather, const base::Clock& clock, std::uint64_t seed);
  void Strike(const std::vector<int>& domains);  // a fault is predicted there from now on
  void Changed(const std::string& domain);       // its symptom may fall
  void Restored(const std::string& domain);
  std::set<std::string> Predicted() const;

  base::Result<promql::Vector> Query(std::string_view expr, double) override;
  base::Result<std::vector<promql::Series>> QueryRange(std::string_view, double, double, double) override {
    return base::Error{base::ErrorCode::kUnsupported, "no ranges here"};
  }

 private:
  promql::Vector Fleet() const;
  promql::Vector Predictions(std::string_view expr) const;
  promql::Vector Symptom(std::string_view expr) const;

  const Weather& weather_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::mt19937_64 dice_;
  std::set<std::string> predicted_, relieved_;
};

}  // namespace forewarn::storms
