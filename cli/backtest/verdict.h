// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/predictor.h"

namespace forewarn::backtest {

// CpuSaturation → cpu_saturation
std::string SnakeCase(std::string_view name);

// One tick's output by instance and fault. Faults by index, in the order of Predictor::Faults.
class Verdicts {
 public:
  explicit Verdicts(const predictor::Predictor& predictor);
  const std::vector<std::string>& faults() const { return faults_; }  // in snake_case; the last is `unknown`

  void Read(const predictor::Output& output, std::uint32_t instances);

  double Score(std::uint32_t instance) const { return scores_[instance]; }  // 0 where it is not judged; 1: alarm
  double Confidence(std::uint32_t instance, std::size_t fault) const {      // kMissing where it is not judged
    return confidences_[instance * faults_.size() + fault];
  }

  struct Name {
    std::string fault_type;  // empty: nothing is said
    double confidence = 0;   // of that fault, without one of the surest; kMissing where it is not judged
  };
  // The surest fault of those at or above their notify threshold. Where the instance alarms without one, the likeliest
  // explanation of what is seen.
  Name NameOf(std::uint32_t instance) const;

 private:
  std::size_t IndexOf(const std::string& fault) const;
  std::vector<std::string> faults_, names_;
  std::vector<double> notify_;
  std::vector<double> scores_, confidences_;
  std::vector<std::size_t> likeliest_;  // fault, by instance
};

}  // namespace forewarn::backtest
